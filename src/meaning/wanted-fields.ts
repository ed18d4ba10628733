/**
 * What a flow log is to hold for conntrail to tell all that it can: the fields that it reads, each with what it tells. Fields that
 * it only carries are not here. What it reads is decided in record/scan-lines.ts and record/annotations.ts; a test holds both to this.
 */
import type { FieldName } from '../model/fields.ts';
import { LOSS_REASONS, LOSSES } from '../model/losses.ts';

/** Who writes a flow log: an interface of a VPC, or a transit gateway. Each has fields that the other has not. */
export type LogKind = 'vpc' | 'transit-gateway';

/** Fields that tell something together. */
export interface WantedFields {
  readonly fields: readonly FieldName[];
  /** What a log without them leaves open. */
  readonly tells: string;
  /** Whose logs can have them. */
  readonly of: readonly LogKind[];
  /** Fields that tell the same, one for each of `fields`. */
  readonly instead?: readonly FieldName[];
  /** Wanted only where a log has a field whose name begins so: of other logs nobody knows that it would tell anything. */
  readonly onlyBeside?: string;
}

const BOTH: readonly LogKind[] = ['vpc', 'transit-gateway'];
const VPC: readonly LogKind[] = ['vpc'];
const GATEWAY: readonly LogKind[] = ['transit-gateway'];

/** By what they are worth, the most first. */
export const WANTED_FIELDS: readonly WantedFields[] = [
  {
    fields: ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'],
    tells: 'which connections there are',
    of: BOTH,
  },
  { fields: ['start', 'end'], tells: 'when, how long, and where a port was used again', of: BOTH },
  {
    fields: ['tcp-flags'],
    tells: 'who opened, observed instead of inferred; how it was opened, and how it ended',
    of: VPC,
  },
  { fields: ['tcp-flags'], tells: 'a handshake took place; how it ended', of: GATEWAY },
  { fields: ['action'], tells: 'what security groups and network ACLs rejected', of: VPC },
  {
    fields: LOSS_REASONS.map((reason) => LOSSES[reason].field),
    tells: 'what the gateway dropped, and why',
    of: GATEWAY,
  },
  { fields: ['packets', 'bytes'], tells: 'how much each side sent', of: BOTH },
  {
    fields: ['pkt-srcaddr', 'pkt-dstaddr'],
    tells: 'the ends themselves behind NAT gateways, transit gateways and nodes with pods',
    of: VPC,
  },
  {
    fields: ['interface-id'],
    tells: 'which interface saw it, or stopped it; the path from one to the next',
    of: VPC,
  },
  { fields: ['tgw-attachment-id'], tells: 'which attachment saw it, or lost it; the path', of: GATEWAY },
  { fields: ['flow-direction'], tells: 'at which end the interface stands', of: BOTH },
  { fields: ['log-status'], tells: 'silence (NODATA) and lost records (SKIPDATA)', of: BOTH },
  { fields: ['vpc-id'], tells: 'equal private addresses of different VPCs apart', of: VPC },
  { fields: ['account-id'], tells: 'equal private addresses of different accounts apart', of: BOTH },
  { fields: ['subnet-id'], tells: 'whose network ACL it was', of: VPC },
  { fields: ['instance-id'], tells: 'the instance behind the interface; gateways have none', of: VPC },
  {
    fields: ['resource-id'],
    tells: 'which regional NAT gateway saw it: those have no interface',
    of: VPC,
  },
  {
    fields: ['traffic-path'],
    tells: 'the way out: internet gateway, endpoint, peering, same VPC',
    of: VPC,
  },
  {
    fields: ['pkt-src-aws-service', 'pkt-dst-aws-service'],
    tells: 'which AWS service an address belongs to',
    of: BOTH,
  },
  {
    fields: ['ecs-cluster-name', 'ecs-service-name', 'ecs-task-id', 'ecs-container-id'],
    instead: ['ecs-cluster-arn', 'ecs-service-name', 'ecs-task-arn', 'ecs-container-id'],
    tells: 'which ECS task it was',
    of: VPC,
    onlyBeside: 'ecs-',
  },
];
