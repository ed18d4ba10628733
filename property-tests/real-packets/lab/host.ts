/**
 * One host of the lab: a process in a network namespace of its own. It listens and dials as it is told over its parent's channel,
 * with Node's own sockets, so that every packet is the kernel's. A question begins with three numbers: how long it is, how long its
 * answer is, and whether the server then closes.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { Dial, Order, Report, Service } from './orders.ts';

const HEADER = 12;
const SERVER_CLOSES = 1;

const report = (message: Report): void => {
  process.send?.(message);
};

const question = (asks: number, answers: number, closes: boolean): Buffer => {
  const text = Buffer.alloc(Math.max(HEADER, asks));
  text.writeUInt32BE(text.length, 0);
  text.writeUInt32BE(answers, 4);
  text.writeUInt32BE(closes ? SERVER_CLOSES : 0, 8);
  return text;
};

const serve = (socket: Socket, greeting: number): void => {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  if (greeting > 0) socket.write(Buffer.alloc(greeting));
  socket.on('data', (some) => {
    waiting = Buffer.concat([waiting, some]);
    while (waiting.length >= HEADER && waiting.length >= waiting.readUInt32BE(0)) {
      const answer = Buffer.alloc(waiting.readUInt32BE(4));
      const closes = waiting.readUInt32BE(8) === SERVER_CLOSES;
      waiting = waiting.subarray(waiting.readUInt32BE(0));
      if (answer.length > 0) socket.write(answer);
      if (closes) socket.end();
    }
  });
};

const listen = ({ port, greeting }: Service): Promise<void> =>
  new Promise((resolve, reject) => {
    createServer({ allowHalfOpen: true }, (socket) => serve(socket, greeting))
      .on('error', reject)
      .listen(port, '::', 500, resolve);
  });

const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, count * 1000);
  });

/** Waits until so many bytes have come in all. */
const heard = (socket: Socket, inAll: number): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (socket.bytesRead < inAll && !socket.destroyed) return;
      socket.off('data', look).off('close', look);
      resolve();
    };
    socket.on('data', look).on('close', look);
    look();
  });

const talk = async (socket: Socket, { greeting, turns, ending }: Dial): Promise<void> => {
  let expected = greeting;
  await heard(socket, expected);
  for (const [i, { after, asks, answers }] of turns.entries()) {
    await seconds(after);
    if (socket.destroyed) return;
    socket.write(question(asks, answers, ending === 'server' && i === turns.length - 1));
    expected += answers;
    await heard(socket, expected);
  }
  if (ending === 'client') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
};

const dial = (plan: Dial): void => {
  const { from, fromPort, to, toPort, keepAlive, patience } = plan;
  const socket = connect({
    host: to,
    port: toPort,
    localAddress: from,
    ...(fromPort === null ? {} : { localPort: fromPort }),
    noDelay: true,
  });
  const givesUp = setTimeout(() => socket.destroy(), patience * 1000);
  let port: number | null = null;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(givesUp);
    if (port === null) report({ what: 'dialled', dial: plan, fromPort: null });
  });
  socket.on('data', () => undefined);
  socket.on('connect', () => {
    clearTimeout(givesUp);
    port = socket.localPort ?? null;
    if (keepAlive !== null) socket.setKeepAlive(true, keepAlive * 1000);
    report({ what: 'dialled', dial: plan, fromPort: port });
    void talk(socket, plan);
  });
};

process.on('message', (order: Order) => {
  if (order.do === 'listen') {
    void Promise.all(order.services.map(listen)).then(() => report({ what: 'ready' }));
    return;
  }
  for (const plan of order.dials)
    setTimeout(() => dial(plan), Math.max(0, order.beganMs + plan.at * 1000 - Date.now()));
});

// Whoever started it is gone: nobody is left to listen for.
process.on('disconnect', () => process.exit());
