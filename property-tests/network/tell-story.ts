/**
 * A scenario in a few sentences, for the message of a failing property. It tells what was asked for, not what the
 * packets did; for that, look at the truth.
 */
import { routeOf } from './places.ts';
import {
  type Act,
  DEFAULT_TRACKED_SECONDS,
  type Filter,
  type Logging,
  type Place,
  type Scenario,
  type Talk,
} from './story.ts';

const seconds = (value: number): string => `${Number(value.toFixed(3))} s`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const tellAct = (act: Act): string => {
  const late = act.after > 0 ? `after ${seconds(act.after)} ` : '';
  switch (act.do) {
    case 'send':
      return `${late}${act.by} sends ${count(act.packets, 'packet')} of ${act.payload} bytes${act.packets > 1 ? ` every ${seconds(act.every)}` : ''}`;
    case 'close':
      return `${late}${act.by} closes`;
    case 'abort':
      return `${late}${act.by} aborts`;
    case 'probe':
      return `${late}${act.by} sends ${count(act.packets, 'keepalive probe')} every ${seconds(act.every)}`;
    case 'stray':
      return `${late}${act.by} sends ${count(act.packets, 'stray packet')} (${act.flag})${act.packets > 1 ? ` every ${seconds(act.every)}` : ''}`;
    case 'vanish':
      return `${late}${act.by} vanishes`;
    case 'forget':
      return `${late}${act.by} restarts`;
  }
};

const tellFilter = (filter: Filter): string => {
  const until = filter.until === null ? 'for good' : `until ${seconds(filter.until)}`;
  return `a ${filter.kind} at the ${filter.at} denies ${filter.flow} from ${seconds(filter.from)} ${until}`;
};

const tellPlace = (place: Place): string => {
  switch (place.where) {
    case 'both':
      return `both ends in VPC ${place.vpc}`;
    case 'hosts':
      return place.inside === 'both'
        ? `hosts in VPC ${place.vpc}`
        : `hosts, the ${place.inside} in VPC ${place.vpc}`;
    case 'two-interfaces':
      return `a server with two interfaces in VPC ${place.vpc}, ${place.logs === 'all' ? 'both logged' : `logged on the way ${place.logs}`}`;
    case 'gateway':
      return `the NAT gateway of VPC ${place.vpc} itself`;
    case 'nat':
      return `through a NAT gateway of VPC ${place.vpc}, logged at ${place.logs === 'all' ? 'client and gateway' : 'the gateway'}`;
    case 'transit':
      return `through a transit gateway, logged ${place.logs}`;
    case 'balancer':
      return `through a load balancer of VPC ${place.vpc} that ${place.keepsClient ? 'keeps the client' : 'dials for itself'}, logged at ${place.logs === 'all' ? 'balancer and target' : 'the balancer'}`;
    default:
      return `only the ${place.where} in VPC ${place.vpc}`;
  }
};

const tellAnswer = (talk: Talk): string => {
  if (talk.answerer === 'listens') return 'which listens';
  if (talk.answerer === 'dials') return 'which dials back at the same time';
  return talk.answerer === 'refuses' ? 'which refuses' : 'which is silent';
};

const tellTalk = (talk: Talk, index: number): string => {
  const leg = routeOf(talk, index).legs[0];
  const ends = leg
    ? `${leg.client.address}:${leg.client.port} dials ${leg.server.address}:${leg.server.port}`
    : 'nobody dials';
  const manner = talk.dialler === 'patient' ? '' : `, a ${talk.dialler} dialler`;
  const { loss, delay, seed } = talk.weather;
  const weather = [
    ...(loss > 0 ? [`${Number((loss * 100).toFixed(3))} % of packets lost`] : []),
    ...(delay > 0 ? [`up to ${seconds(delay)} of delay`] : []),
  ];
  const head = `${index + 1}. ${talk.protocol}: ${ends} at ${seconds(talk.at)}, ${tellAnswer(talk)} (${tellPlace(talk.place)}, ${seconds(talk.latency)} one way, ${count(talk.retries, 'retry').replace('retrys', 'retries')}${manner}${talk.secondary ? ', server on a secondary address' : ''})`;
  const rest = [
    ...(weather.length > 0 ? [`${weather.join(' and ')} (seed ${seed})`] : []),
    ...(talk.trackedSeconds === DEFAULT_TRACKED_SECONDS
      ? []
      : [`security groups forget it after ${seconds(talk.trackedSeconds)} of silence`]),
    ...talk.acts.map(tellAct),
    ...talk.redials.map((gap) => `the same ports again ${seconds(gap)} after that ended`),
    ...talk.filters.map(tellFilter),
  ];
  return [head, ...rest.map((line) => `   - ${line}`)].join('\n');
};

const tellLogging = (logging: Logging): string => {
  const parts = [
    `${logging.format}${logging.header ? '' : ' without header'}`,
    logging.interval === 'mixed' ? '60 and 600 s intervals' : `${logging.interval} s intervals`,
    ...(logging.second ? ['told again in 600 s intervals'] : []),
    logging.aligned ? 'directions aligned' : 'directions not aligned',
    logging.times === 'packets' ? 'times of packets' : 'times of intervals',
  ];
  if (logging.skew.most > 0) parts.push(`up to ${seconds(logging.skew.most)} late per ${logging.skew.per}`);
  if (logging.from > 0) parts.push(`from ${seconds(logging.from)}`);
  if (logging.until !== null) parts.push(`until ${seconds(logging.until)}`);
  if (logging.keeps !== 'ALL') parts.push(`${logging.keeps} only`);
  if (logging.nodata) parts.push('with NODATA');
  if (logging.skips.length > 0) parts.push(count(logging.skips.length, 'skipped interval'));
  if (logging.loss > 0) parts.push(`${(logging.loss * 100).toFixed(0)} % lost`);
  if (logging.duplicates > 0) parts.push(`${(logging.duplicates * 100).toFixed(0)} % twice`);
  if (logging.order === 'shuffled') parts.push('shuffled');
  return `Logged as ${parts.join(', ')}.`;
};

/** The scenario as short prose, one line a talk and one an act. */
export const tellStory = (scenario: Scenario): string =>
  [`Begins at ${scenario.began}. ${tellLogging(scenario.logging)}`, ...scenario.talks.map(tellTalk)].join(
    '\n',
  );
