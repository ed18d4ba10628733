/** What the tests in Spark need of the machine: Java, Python, an environment with PySpark in it, and the bundle. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** Everything lies below it, and git does not see it. */
export const SPARK_FOLDER: string = join(ROOT, '.spark');
/** The oldest that Spark 4 runs on. */
const OLDEST_JAVA = 17;
const OLDEST_PYTHON = [3, 10] as const;

/** Another release of Spark than requirements.txt has, as `3.5.6`. */
const { PYSPARK_VERSION } = process.env;

export const ENVIRONMENT: string = join(
  SPARK_FOLDER,
  PYSPARK_VERSION === undefined ? 'python' : `python-${PYSPARK_VERSION}`,
);
export const PYTHON: string = join(ENVIRONMENT, 'bin/python');
export const BUNDLE: string = join(SPARK_FOLDER, 'conntrail.tgz');
export const CONNTRAIL: string = join(ROOT, 'dist/cli/main.js');
export const SCRIPT: string = join(ROOT, 'dist/spark/conntrail_spark.py');

/** What a program prints, both streams; undefined where there is none or it fails. */
const printed = (program: string, ...args: readonly string[]): string | undefined => {
  try {
    return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', program, ...args], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
};

const java = (): string => {
  const { JAVA_HOME } = process.env;
  return JAVA_HOME === undefined ? 'java' : join(JAVA_HOME, 'bin/java');
};

/** Why there can be no Spark here; null where there can. */
export const whyNot = (): string | null => {
  const javaVersion = /version "(?:1\.)?(\d+)/.exec(printed(java(), '-version') ?? '')?.[1];
  if (javaVersion === undefined) return `there is no Java: install one of version ${OLDEST_JAVA} or newer`;
  if (Number(javaVersion) < OLDEST_JAVA)
    return `Java is of version ${javaVersion}, and Spark needs ${OLDEST_JAVA} or newer`;
  const version = /^Python (\d+)\.(\d+)/.exec(printed('python3', '--version') ?? '');
  if (version === null) return 'there is no python3';
  const [major, minor] = version.slice(1).map(Number) as [number, number];
  if (major !== OLDEST_PYTHON[0] || minor < OLDEST_PYTHON[1])
    return `python3 is of version ${major}.${minor}, and PySpark needs ${OLDEST_PYTHON.join('.')} or newer`;
  return null;
};

const run = (program: string, ...args: readonly string[]): void => {
  execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
};

/** Makes the environment and the bundle; what is there already is kept. */
export const prepare = (): void => {
  mkdirSync(SPARK_FOLDER, { recursive: true });
  if (!existsSync(PYTHON)) run('python3', '-m', 'venv', ENVIRONMENT);
  const wanted =
    PYSPARK_VERSION === undefined
      ? ['-r', join(import.meta.dirname, 'requirements.txt')]
      : [`pyspark==${PYSPARK_VERSION}`, 'pyarrow', 'pandas<3'];
  run(PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted);
  run('npm', 'run', '--silent', 'build');
  run(process.execPath, CONNTRAIL, 'spark-bundle', '--quiet', '-o', BUNDLE);
};

/** The folder of Spark in the environment. */
export const sparkHome = (): string =>
  execFileSync(PYTHON, ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'], {
    encoding: 'utf8',
  }).trim();
