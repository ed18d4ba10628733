/**
 * A blockage in words: who cannot reach what, where that is stopped, and what to look at in the AWS console. Security groups are
 * stateful and network ACLs are not (VPC User Guide, "Compare security groups and network ACLs"). Names from logs are escaped.
 */
import { escapeControls } from '../model/escape.ts';
import { describeReasons, LOSSES } from '../model/losses.ts';
import { besideAddress, type NameOf } from '../model/name-of.ts';
import { spellCount, spellCounted, spellEndpoint, spellMoment } from '../model/spell-values.ts';
import type { Blockage, BlockedResult, Way } from './blockages.ts';

/** Ports that replies go to: the ones that a network ACL is to let pass (VPC User Guide, "Ephemeral ports"). */
const EPHEMERAL_PORTS = '1024-65535';

const RULES: Readonly<Record<Way, string>> = { in: 'inbound', out: 'outbound' };

const target = ({ responder, port }: Blockage, names: NameOf | undefined): string =>
  spellEndpoint(responder, port, names);

/** As a rule of the console names it: `tcp/443`. */
const service = ({ protocol, port }: Blockage): string =>
  port === null ? escapeControls(protocol) : `${escapeControls(protocol)}/${port}`;

const clients = ({ clients: count, from }: Blockage, names: NameOf | undefined): string => {
  const named = from + besideAddress(from, names);
  if (count === 1) return named;
  const counted = spellCounted(count, 'client');
  return from === 'everywhere' ? counted : `${counted} in ${named}`;
};

const where = ({ at }: Blockage): string => {
  const facts = [at.instanceId, at.subnetId].filter((fact) => fact !== null).map(escapeControls);
  const name = at.name === null ? 'an interface without a name' : escapeControls(at.name);
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
};

const networkAcl = ({ at }: Blockage): string =>
  at.subnetId === null
    ? "the network ACL of that interface's subnet"
    : `the network ACL of ${escapeControls(at.subnetId)}`;

const passing = (way: Way | null): string => (way === null ? '' : ` on the way ${way}`);

/** Routing, which is told of the attachment's gateway and not of an interface. */
const describeLoss = (blockage: Blockage, names: NameOf | undefined): string => {
  const { packetsLost, lostBecause, at } = blockage;
  const name = at.name === null ? 'an attachment without a name' : escapeControls(at.name);
  return `A transit gateway dropped ${spellCounted(packetsLost ?? 0, 'packet')} between ${clients(blockage, names)} and ${target(blockage, names)} at ${name} (${describeReasons(lostBecause)}): routing, not filtering.`;
};

/** How many connections, of how many clients, and how sure it is who opened; no sentence yet. */
export const describeCounts = ({ connections, clients: count, inferred }: Blockage): string => {
  const sure =
    inferred === 0
      ? ''
      : inferred === connections
        ? ', who opened is inferred'
        : `, who opened is inferred of ${spellCount(inferred)}`;
  return `${spellCounted(connections, 'connection')} of ${spellCounted(count, 'client')}${sure}`;
};

/** What happens, in one sentence. @param names what addresses are called */
export const describeBlockage = (blockage: Blockage, names?: NameOf): string => {
  const { kind, way, stopped, rejectedFrom } = blockage;
  const stop = `stopped${passing(way)} at ${where(blockage)}`;
  if (kind === 'lost') return describeLoss(blockage, names);
  if (kind === 'rejected')
    return `${clients(blockage, names)} cannot reach ${target(blockage, names)}: ${stop}.`;
  if (kind === 'reply-rejected') {
    const ports = blockage.port === null ? '' : ` to ports ${EPHEMERAL_PORTS}`;
    return `Replies of ${target(blockage, names)}${ports} are ${stop}: a network ACL, since security groups let replies through.`;
  }
  const whose =
    stopped === 'both'
      ? 'packets of both sides'
      : `packets of the ${stopped === 'initiator' ? 'clients' : 'service'}`;
  const since = rejectedFrom === null ? '' : ` from ${spellMoment(rejectedFrom)} UTC on`;
  const others = stopped === 'both' ? '' : `, while those of the other side still pass`;
  return `Open connections of ${clients(blockage, names)} to ${target(blockage, names)} were cut off${since}: ${whose} are ${stop}${others}.`;
};

/** What to change, or to look at first. @param names what addresses are called */
export const adviseOn = (blockage: Blockage, names?: NameOf): string => {
  const { kind, way } = blockage;
  if (kind === 'lost') return blockage.lostBecause.map((reason) => LOSSES[reason].check).join(' ');
  const acl = networkAcl(blockage);
  if (kind === 'rejected') {
    if (way === null)
      return `The log does not tell at which end this interface stands: check the inbound and the outbound rules of its security groups for ${service(blockage)}, then both of ${acl}.`;
    const to = way === 'out' ? ` to ${spellEndpoint(blockage.responder, null, names)}` : '';
    return `Check the ${RULES[way]} rules of its security groups for ${service(blockage)}${to}, then the ${RULES[way]} rules of ${acl}.`;
  }
  if (kind === 'reply-rejected') {
    const ports = blockage.port === null ? '' : ` ${EPHEMERAL_PORTS}`;
    const ends = way === 'in' ? ` from ${spellEndpoint(blockage.responder, null, names)}` : '';
    const direction = way === null ? 'inbound or outbound' : RULES[way];
    const doubt =
      blockage.unasked === blockage.connections
        ? ' The log does not show the requests: where nobody asked (backscatter), or where these are late packets, nothing is to be changed.'
        : '';
    return `Allow ${direction} ${escapeControls(blockage.protocol)}${ports}${ends} in ${acl}.${doubt}`;
  }
  const rules = way === null ? 'the inbound and the outbound rules' : `the ${RULES[way]} rules`;
  return `A rule was changed, or tracking had ended: look at who changed ${rules} for ${service(blockage)} of ${acl} and of the interface's security groups at that time.`;
};

/** What is no finding, in a sentence each: noise is counted once, and so is what nobody can tell. */
export const noteRest = ({ late, unclear }: Pick<BlockedResult, 'late' | 'unclear'>): string[] => [
  ...(late === 0
    ? []
    : [
        `${spellCounted(late, 'connection')} had nothing but late packets rejected, after the close or of conversations that the log does not show: noise, nothing to change.`,
      ]),
  ...(unclear === 0
    ? []
    : [
        `${spellCounted(unclear, 'connection')} had records rejected of which nothing tells whether the request or the reply was stopped, or for how long.`,
      ]),
];
