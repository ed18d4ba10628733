/**
 * Plays one talk: a small event simulation that moves segments between two hosts through the interfaces on their way.
 * Time, filters and losses live here, protocol lives in `tcp-host`. The result depends on the talk alone.
 */
import { type FilteredPacket, judge, type Tracking } from './filters.ts';
import { type Hop, type Route, routeOf } from './places.ts';
import { seedRandom } from './seed-random.ts';
import { bytesOf, datagramBytes, flagsOf, type Segment } from './segment.ts';
import type { Sighting } from './sighting.ts';
import { type Act, hasIpv4Only, otherParty, type Party, type Talk } from './story.ts';
import {
  abort,
  close,
  dial,
  forget,
  type Host,
  newHost,
  probe,
  receive,
  type Step,
  timeOut,
  timerSeconds,
  vanish,
  write,
} from './tcp-host.ts';

const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, icmp: 1 } as const;
/** How often an act looks again whether its side's handshake is done. */
const WAIT_SECONDS = 0.25;
/** A scenario that needs more events is one that answers itself for ever: a mistake in the simulator. */
const MOST_EVENTS = 200_000;
/** NAT gateways and network load balancers forget a TCP connection that was idle that long and answer it with RST. */
const GATEWAY_SECONDS = 350;
/** Sequence numbers of successive dials rise, as ISNs do with time (RFC 9293 §3.4.1); they never wrap here. */
const ISS_STEP = 1_000_000_000;

/** What is on the wire: a TCP segment, or a datagram of which only the size matters. */
type Cargo = { readonly segment: Segment } | { readonly payload: number; readonly reply: boolean };

type Doing =
  | { readonly is: 'dial' }
  | { readonly is: 'act'; readonly dial: number; readonly index: number }
  | { readonly is: 'packet'; readonly dial: number; readonly act: Act; readonly number: number }
  | {
      readonly is: 'hop';
      readonly by: Party;
      readonly dial: number;
      readonly cargo: Cargo;
      readonly next: number;
      readonly sent: number;
    }
  | { readonly is: 'alarm'; readonly party: Party; readonly timer: number };

interface Event {
  readonly time: number;
  readonly order: number;
  readonly doing: Doing;
}

const hostsOf = (talk: Talk): Record<Party, Host> => {
  const dials = talk.answerer === 'dials';
  const client = newHost({
    listens: false,
    silent: false,
    scans: talk.dialler === 'scanner',
    mute: talk.dialler === 'mute',
    synRetries: talk.retries,
  });
  const server = newHost({
    listens: talk.answerer === 'listens',
    silent: talk.answerer === 'silent',
    scans: false,
    mute: false,
    synRetries: dials ? talk.retries : 0,
  });
  return { client, server };
};

/** A segment of a connection that is over: numbers that no later one takes for its own. */
const strayOf = ({ flag, payload }: Act & { readonly do: 'stray' }): Segment => ({
  syn: false,
  ack: flag !== 'rst',
  fin: flag === 'fin',
  rst: flag === 'rst',
  push: payload > 0,
  seq: 0,
  ackNo: 0,
  payload,
});

const isOver = (host: Host): boolean => host.gone || host.state === 'CLOSED' || host.state === 'TIME-WAIT';

/** The moving parts of one talk; lives only while it is played. */
class Stage {
  readonly #talk: Talk;
  readonly #index: number;
  readonly #route: Route;
  readonly #began: number;
  readonly #hosts: Record<Party, Host>;
  readonly #tracking = new Map<string, Tracking>();
  /** When each gateway last saw the talk. */
  readonly #passed = new Map<string, number>();
  readonly #chance: () => number;
  readonly #sightings: Sighting[] = [];
  #events: Event[] = [];
  #order = 0;
  #dials = 0;
  #redialPlanned = false;

  constructor(talk: Talk, index: number, began: number) {
    this.#talk = talk;
    this.#index = index;
    this.#route = routeOf(talk, index);
    this.#began = began + talk.at;
    this.#hosts = hostsOf(talk);
    this.#chance = seedRandom(talk.weather.seed);
  }

  play(): readonly Sighting[] {
    this.#plan(0, { is: 'dial' });
    for (let count = 0; ; count += 1) {
      const event = this.#events.shift();
      if (event === undefined) return this.#sightings;
      if (count > MOST_EVENTS) throw new Error(`talk ${this.#index + 1} does not come to an end`);
      this.#happen(event);
    }
  }

  #plan(time: number, doing: Doing): void {
    const event = { time, order: this.#order, doing };
    this.#order += 1;
    let at = this.#events.length;
    while (at > 0 && (this.#events[at - 1]?.time ?? 0) > time) at -= 1;
    this.#events.splice(at, 0, event);
  }

  #happen({ time, doing }: Event): void {
    switch (doing.is) {
      case 'dial':
        this.#startDial(time);
        return;
      case 'act':
        this.#startAct(time, doing.dial, doing.index);
        return;
      case 'packet':
        this.#sendOne(time, doing.dial, doing.act, doing.number);
        return;
      case 'hop':
        this.#pass(time, doing);
        return;
      case 'alarm':
        if (this.#hosts[doing.party].timer === doing.timer)
          this.#apply(time, doing.party, timeOut(this.#hosts[doing.party]));
        return;
    }
  }

  get #dial(): number {
    return this.#dials - 1;
  }

  #issOf(party: Party): number {
    return (this.#dials + 1) * ISS_STEP + (party === 'client' ? 0 : 500_000);
  }

  #startDial(time: number): void {
    this.#dials += 1;
    this.#redialPlanned = false;
    if (this.#hosts.server.gone) this.#hosts.server = forget(this.#hosts.server).host;
    if (this.#talk.protocol === 'tcp') {
      this.#apply(time, 'client', dial(this.#hosts.client, this.#issOf('client')));
      if (this.#talk.answerer === 'dials')
        this.#apply(time, 'server', dial(this.#hosts.server, this.#issOf('server')));
    }
    const first = this.#talk.acts[0];
    if (first) this.#plan(time + first.after, { is: 'act', dial: this.#dial, index: 0 });
  }

  #startAct(time: number, dialled: number, index: number): void {
    const act = this.#talk.acts[index];
    if (act === undefined || dialled !== this.#dial) return;
    if (this.#mustWait(act)) {
      this.#plan(time + WAIT_SECONDS, { is: 'act', dial: dialled, index });
      return;
    }
    const busy = this.#perform(time, act);
    const next = this.#talk.acts[index + 1];
    if (next) this.#plan(time + busy + next.after, { is: 'act', dial: dialled, index: index + 1 });
  }

  /** Whoever wants to talk waits for the handshake; whoever gives up does not. */
  #mustWait(act: Act): boolean {
    if (this.#talk.protocol !== 'tcp') return false;
    if (act.do !== 'send' && act.do !== 'close' && act.do !== 'probe') return false;
    const own = this.#hosts[act.by];
    const other = this.#hosts[otherParty(act.by)];
    if (own.gone) return false;
    const opening = own.state === 'SYN-SENT' || own.state === 'SYN-RECEIVED';
    return opening || (own.state === 'CLOSED' && !other.gone && other.state === 'SYN-SENT');
  }

  /** Does what an act says and returns the seconds it takes. */
  #perform(time: number, act: Act): number {
    const host = this.#hosts[act.by];
    switch (act.do) {
      case 'send':
      case 'probe':
        for (let number = 0; number < act.packets; number += 1)
          this.#plan(time + number * act.every, { is: 'packet', dial: this.#dial, act, number });
        return Math.max(0, act.packets - 1) * act.every;
      case 'stray':
        for (let number = 0; number < act.packets; number += 1)
          this.#send(time + number * act.every, act.by, { segment: strayOf(act) });
        return Math.max(0, act.packets - 1) * act.every;
      case 'close':
        this.#apply(time, act.by, close(host));
        return 0;
      case 'abort':
        this.#apply(time, act.by, abort(host));
        return 0;
      case 'vanish':
        this.#apply(time, act.by, vanish(host));
        return 0;
      case 'forget':
        this.#apply(time, act.by, forget(host));
        return 0;
    }
  }

  #sendOne(time: number, dialled: number, act: Act, number: number): void {
    if (dialled !== this.#dial || (act.do !== 'send' && act.do !== 'probe')) return;
    const host = this.#hosts[act.by];
    if (this.#talk.protocol !== 'tcp') {
      // Datagrams of the server answer those of the client; its own acts would be another exchange.
      if (act.do === 'send' && act.by === 'client')
        this.#send(time, 'client', { payload: act.payload, reply: false });
      return;
    }
    const last = act.do === 'send' && number === act.packets - 1;
    this.#apply(time, act.by, act.do === 'probe' ? probe(host) : write(host, act.payload, last));
  }

  /** Takes over a step's host, sends its segments, sets its alarm and notices when the client is done. */
  #apply(time: number, party: Party, step: Step): void {
    const before = this.#hosts[party];
    this.#hosts[party] = step.host;
    for (const segment of step.sends) this.#send(time, party, { segment });
    const wait = timerSeconds(step.host);
    if (step.host.timer !== before.timer && wait !== null)
      this.#plan(time + wait, { is: 'alarm', party, timer: step.host.timer });
    if (party === 'client' && isOver(step.host)) this.#planRedial(time);
  }

  #planRedial(time: number): void {
    const gap = this.#talk.redials[this.#dial];
    if (gap === undefined || this.#redialPlanned) return;
    this.#redialPlanned = true;
    this.#plan(time + gap, { is: 'dial' });
  }

  #send(time: number, by: Party, cargo: Cargo): void {
    this.#travel(time, { is: 'hop', by, dial: this.#dial, cargo, next: 0, sent: time });
  }

  /** The next stretch of the way, on which a packet may be lost or delayed. */
  #travel(sent: number, doing: Doing & { readonly is: 'hop' }): void {
    const { latency, weather } = this.#talk;
    if (weather.loss > 0 && this.#chance() < weather.loss) return;
    const delay = weather.delay > 0 ? weather.delay * this.#chance() : 0;
    const hop = this.#route.hops[doing.by][doing.next];
    this.#plan(sent + latency * (hop?.along ?? 1) + delay, { ...doing, sent: sent + delay });
  }

  /** Whether the gateway at a hop has forgotten the connection; a SYN makes it known again. */
  #isForgotten(hop: Hop, doing: Doing & { readonly is: 'hop' }, time: number): boolean {
    const { id, kind } = hop.interface;
    if (!('segment' in doing.cargo) || (kind !== 'nat' && kind !== 'balancer')) return false;
    const last = this.#passed.get(id);
    const forgotten = last !== undefined && time - last > GATEWAY_SECONDS;
    if (forgotten && !doing.cargo.segment.syn) return true;
    this.#passed.set(id, time);
    return false;
  }

  /** A gateway speaks for the other end: RST, on the way back from where the packet came in. */
  #refuse(hop: Hop, doing: Doing & { readonly is: 'hop' }, time: number): void {
    if (!('segment' in doing.cargo) || doing.cargo.segment.rst) return;
    const by = otherParty(doing.by);
    const next = this.#route.hops[by].findIndex(
      (way) => way.interface.id === hop.interface.id && way.flow === 'egress' && way.leg === hop.leg,
    );
    const { ackNo } = doing.cargo.segment;
    const segment: Segment = {
      syn: false,
      ack: false,
      fin: false,
      rst: true,
      push: false,
      seq: ackNo,
      ackNo: 0,
      payload: 0,
    };
    const along = this.#route.hops[by][next]?.along ?? 0;
    // As if sent by the far end just long enough ago to be here now.
    const sent = time - this.#talk.latency * along;
    this.#travel(sent, { is: 'hop', by, dial: doing.dial, cargo: { segment }, next, sent });
  }

  /** A packet at its next hop, or at its destination. */
  #pass(time: number, doing: Doing & { readonly is: 'hop' }): void {
    const hop = this.#route.hops[doing.by][doing.next];
    if (hop === undefined) {
      this.#arrive(time, otherParty(doing.by), doing.cargo);
      return;
    }
    const flags = 'segment' in doing.cargo ? flagsOf(doing.cargo.segment) : 0;
    const { protocol, trackedSeconds } = this.#talk;
    const packet: FilteredPacket = { protocol, trackedSeconds, by: doing.by, flags, time };
    const memory = this.#tracking.get(hop.interface.id) ?? null;
    const { action, tracking } = judge(this.#talk.filters, hop, packet, memory);
    if (tracking) this.#tracking.set(hop.interface.id, tracking);
    if (hop.logged) this.#see(time, doing, flags, action);
    if (action === 'ACCEPT' && this.#isForgotten(hop, doing, time)) this.#refuse(hop, doing, time);
    else if (action === 'ACCEPT') this.#travel(doing.sent, { ...doing, next: doing.next + 1 });
  }

  #see(time: number, doing: Doing & { readonly is: 'hop' }, flags: number, action: Sighting['action']): void {
    const hop = this.#route.hops[doing.by][doing.next];
    const leg = this.#route.legs[hop?.leg ?? 0];
    if (hop === undefined || leg === undefined) return;
    const family = hasIpv4Only(this.#talk.place) ? 4 : this.#talk.family;
    const source = leg[doing.by];
    const target = leg[otherParty(doing.by)];
    this.#sightings.push({
      time: this.#began + time,
      talk: this.#index,
      dial: doing.dial,
      hop,
      by: doing.by,
      protocol: this.#talk.protocol === 'icmp' && family === 6 ? 58 : PROTOCOL_NUMBERS[this.#talk.protocol],
      family,
      sourceAddress: source.address,
      targetAddress: target.address,
      sourcePort: source.port,
      targetPort: target.port,
      flags,
      bytes:
        'segment' in doing.cargo
          ? bytesOf(doing.cargo.segment, family)
          : datagramBytes(doing.cargo.payload, family),
      action,
    });
  }

  #arrive(time: number, at: Party, cargo: Cargo): void {
    if ('segment' in cargo) {
      this.#apply(time, at, receive(this.#hosts[at], cargo.segment, this.#issOf(at)));
      return;
    }
    if (cargo.reply || this.#talk.answerer !== 'listens') return;
    // An echo comes back as it was; a UDP service says about twice as much as it was asked.
    const payload = this.#talk.protocol === 'icmp' ? cargo.payload : Math.min(1400, cargo.payload * 2);
    this.#send(time, at, { payload, reply: true });
  }
}

/** Everything that logged interfaces saw of a talk, in order of time. `began` is the scenario's, Unix seconds. */
export const playTalk = (talk: Talk, index: number, began: number): readonly Sighting[] =>
  new Stage(talk, index, began).play();
