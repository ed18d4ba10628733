/** A Spark to submit to: in one process, or a master and two workers of its own on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BUNDLE, PYTHON, SCRIPT, sparkHome } from './environment.ts';

const LOOPBACK = '127.0.0.1';

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  SPARK_HOME: sparkHome(),
  SPARK_LOCAL_IP: LOOPBACK,
  PYSPARK_PYTHON: PYTHON,
  PYSPARK_DRIVER_PYTHON: PYTHON,
  // Daemons with the memory of a laptop.
  SPARK_DAEMON_MEMORY: '256m',
});

const program = (name: string): string => join(sparkHome(), 'bin', name);

export interface Submitted {
  readonly code: number | null;
  /** What conntrail_spark.py said, a line each; Spark's own log is left out. */
  readonly said: readonly string[];
  readonly log: string;
}

export interface SubmitOptions {
  readonly conf?: Readonly<Record<string, string>>;
  /** Told of every line as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Submits the script as a user does. */
export const submit = async (
  master: string,
  args: readonly string[],
  { conf = {}, onLine }: SubmitOptions = {},
): Promise<Submitted> => {
  const settings = Object.entries({
    'spark.driver.bindAddress': LOOPBACK,
    'spark.driver.host': LOOPBACK,
    'spark.driver.memory': '1g',
    'spark.executor.memory': '1g',
    'spark.ui.enabled': 'false',
    ...conf,
  }).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);
  const child = spawn(
    program('spark-submit'),
    ['--master', master, ...settings, '--archives', `${BUNDLE}#conntrail`, SCRIPT, ...args],
    { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  const readAll = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      onLine?.(line);
    }
  };
  const closed = once(child, 'close') as Promise<[number | null]>;
  await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
  const [code] = await closed;
  return { code, said: lines.filter((line) => line.startsWith('conntrail: ')), log: lines.join('\n') };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

/** A daemon of Spark that has said that it is ready. */
const begin = async (className: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> => {
  const daemon = spawn(program('spark-class'), [className, ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = createInterface({ input: daemon.stderr as NodeJS.ReadableStream });
  await new Promise<void>((settle, fail) => {
    output.on('line', (line) => {
      if (ready.test(line)) settle();
    });
    daemon.stdout?.resume();
    daemon.once('exit', (code) => fail(new Error(`${className} ended with exit code ${code}`)));
  });
  return daemon;
};

export interface Cluster {
  readonly master: string;
  /** Kills a worker outright, with what it runs. */
  killWorker(): void;
  stop(): Promise<void>;
}

/** A master and two workers, a core each. @param folder where workers put what they run */
export const startCluster = async (folder: string): Promise<Cluster> => {
  const [port, ...webPorts] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const master = `spark://${LOOPBACK}:${port}`;
  const place = (i: number): string[] => ['--host', LOOPBACK, '--webui-port', String(webPorts[i])];
  const deploy = 'org.apache.spark.deploy';
  const daemons = [
    await begin(
      `${deploy}.master.Master`,
      [...place(0), '--port', String(port)],
      /I have been elected leader/,
    ),
  ];
  for (const i of [1, 2]) {
    const args = [
      ...place(i),
      '--cores',
      '1',
      '--memory',
      '2g',
      '--work-dir',
      join(folder, `worker-${i}`),
      master,
    ];
    daemons.push(await begin(`${deploy}.worker.Worker`, args, /Successfully registered with master/));
  }
  return {
    master,
    killWorker: () => {
      daemons.pop()?.kill('SIGKILL');
    },
    stop: async () => {
      const left = daemons
        .splice(0)
        .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      await Promise.all(
        left.map((daemon) => {
          const exited = once(daemon, 'exit');
          daemon.kill('SIGTERM');
          return exited;
        }),
      );
    },
  };
};
