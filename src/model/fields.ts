/**
 * The one table of flow log fields, in the order of AWS's documentation. Types, parsing, printing, the
 * headerless orders and the documentation are all read from here; no field is named twice in this project.
 * Source: "Flow log records" (available fields), Amazon VPC User Guide; version 6 is "Transit Gateway Flow
 * Log records", Amazon VPC Transit Gateways guide.
 */

/** How the text of a field is read. `text` is opaque: identifiers are never numbers (leading zeros). */
export type FieldKind = 'integer' | 'seconds' | 'address' | 'action' | 'status' | 'direction' | 'text';

interface FieldRow {
  /** AWS's own spelling. */
  readonly name: string;
  /** The name of the property of {@link FlowRecord}. */
  readonly property: string;
  /** The lowest record version that offers the field. */
  readonly version: number;
  readonly kind: FieldKind;
  /** Largest value of an integer field. */
  readonly most?: number;
  readonly about: string;
}

// One row a field, the columns are the point: the formatter stays out.
// biome-ignore format: a table
export const FIELDS = [
  { name: 'version',                    property: 'version',                 version: 2,  kind: 'integer', most: 255, about: 'highest version among the chosen fields' },
  { name: 'account-id',                 property: 'accountId',               version: 2,  kind: 'text', about: 'owner of the interface: 12 digits, or unknown' },
  { name: 'interface-id',               property: 'interfaceId',             version: 2,  kind: 'text', about: 'the interface that wrote the record' },
  { name: 'srcaddr',                    property: 'srcAddr',                 version: 2,  kind: 'address', about: 'source; on the interface\'s own side always its primary private IPv4' },
  { name: 'dstaddr',                    property: 'dstAddr',                 version: 2,  kind: 'address', about: 'destination; on the interface\'s own side always its primary private IPv4' },
  { name: 'srcport',                    property: 'srcPort',                 version: 2,  kind: 'integer', most: 65535, about: 'source port' },
  { name: 'dstport',                    property: 'dstPort',                 version: 2,  kind: 'integer', most: 65535, about: 'destination port' },
  { name: 'protocol',                   property: 'protocol',                version: 2,  kind: 'integer', most: 255, about: 'IANA protocol number' },
  { name: 'packets',                    property: 'packets',                 version: 2,  kind: 'integer', about: 'packets of this direction in this interval' },
  { name: 'bytes',                      property: 'bytes',                   version: 2,  kind: 'integer', about: 'bytes of this direction in this interval, headers included' },
  { name: 'start',                      property: 'start',                   version: 2,  kind: 'seconds', about: 'first packet of the interval, Unix seconds, up to 60 s late' },
  { name: 'end',                        property: 'end',                     version: 2,  kind: 'seconds', about: 'last packet of the interval, Unix seconds, up to 60 s late' },
  { name: 'action',                     property: 'action',                  version: 2,  kind: 'action', about: 'ACCEPT or REJECT by security groups and network ACLs together' },
  { name: 'log-status',                 property: 'logStatus',               version: 2,  kind: 'status', about: 'OK, NODATA or SKIPDATA' },
  { name: 'vpc-id',                     property: 'vpcId',                   version: 3,  kind: 'text', about: 'VPC of the interface' },
  { name: 'subnet-id',                  property: 'subnetId',                version: 3,  kind: 'text', about: 'subnet of the interface' },
  { name: 'instance-id',                property: 'instanceId',              version: 3,  kind: 'text', about: 'instance of the interface, if it is yours' },
  { name: 'tcp-flags',                  property: 'tcpFlags',                version: 3,  kind: 'integer', most: 255, about: 'OR of FIN 1, SYN 2, RST 4, SYN-ACK 18 over the interval' },
  { name: 'type',                       property: 'type',                    version: 3,  kind: 'text', about: 'IPv4, IPv6 or EFA' },
  { name: 'pkt-srcaddr',                property: 'pktSrcAddr',              version: 3,  kind: 'address', about: 'source address in the packet itself' },
  { name: 'pkt-dstaddr',                property: 'pktDstAddr',              version: 3,  kind: 'address', about: 'destination address in the packet itself' },
  { name: 'region',                     property: 'region',                  version: 4,  kind: 'text', about: 'region of the interface' },
  { name: 'az-id',                      property: 'azId',                    version: 4,  kind: 'text', about: 'availability zone id of the interface' },
  { name: 'sublocation-type',           property: 'sublocationType',         version: 4,  kind: 'text', about: 'wavelength, outpost or localzone' },
  { name: 'sublocation-id',             property: 'sublocationId',           version: 4,  kind: 'text', about: 'id of the sublocation' },
  { name: 'pkt-src-aws-service',        property: 'pktSrcAwsService',        version: 5,  kind: 'text', about: 'AWS service whose range holds pkt-srcaddr' },
  { name: 'pkt-dst-aws-service',        property: 'pktDstAwsService',        version: 5,  kind: 'text', about: 'AWS service whose range holds pkt-dstaddr' },
  { name: 'flow-direction',             property: 'flowDirection',           version: 5,  kind: 'direction', about: 'ingress or egress at the recording interface' },
  { name: 'traffic-path',               property: 'trafficPath',             version: 5,  kind: 'integer', about: 'way out of the interface, egress only' },
  { name: 'resource-type',              property: 'resourceType',            version: 6,  kind: 'text', about: 'TransitGateway or TransitGatewayAttachment' },
  { name: 'tgw-id',                     property: 'tgwId',                   version: 6,  kind: 'text', about: 'transit gateway' },
  { name: 'tgw-attachment-id',          property: 'tgwAttachmentId',         version: 6,  kind: 'text', about: 'attachment that wrote the record' },
  { name: 'tgw-src-vpc-account-id',     property: 'tgwSrcVpcAccountId',      version: 6,  kind: 'text', about: 'account of the source VPC' },
  { name: 'tgw-dst-vpc-account-id',     property: 'tgwDstVpcAccountId',      version: 6,  kind: 'text', about: 'account of the destination VPC' },
  { name: 'tgw-src-vpc-id',             property: 'tgwSrcVpcId',             version: 6,  kind: 'text', about: 'source VPC' },
  { name: 'tgw-dst-vpc-id',             property: 'tgwDstVpcId',             version: 6,  kind: 'text', about: 'destination VPC' },
  { name: 'tgw-src-subnet-id',          property: 'tgwSrcSubnetId',          version: 6,  kind: 'text', about: 'source subnet' },
  { name: 'tgw-dst-subnet-id',          property: 'tgwDstSubnetId',          version: 6,  kind: 'text', about: 'destination subnet' },
  { name: 'tgw-src-eni',                property: 'tgwSrcEni',               version: 6,  kind: 'text', about: 'source attachment interface' },
  { name: 'tgw-dst-eni',                property: 'tgwDstEni',               version: 6,  kind: 'text', about: 'destination attachment interface' },
  { name: 'tgw-src-az-id',              property: 'tgwSrcAzId',              version: 6,  kind: 'text', about: 'source availability zone id' },
  { name: 'tgw-dst-az-id',              property: 'tgwDstAzId',              version: 6,  kind: 'text', about: 'destination availability zone id' },
  { name: 'tgw-pair-attachment-id',     property: 'tgwPairAttachmentId',     version: 6,  kind: 'text', about: 'the other attachment of the flow' },
  { name: 'packets-lost-no-route',      property: 'packetsLostNoRoute',      version: 6,  kind: 'integer', about: 'packets dropped: no route' },
  { name: 'packets-lost-blackhole',     property: 'packetsLostBlackhole',    version: 6,  kind: 'integer', about: 'packets dropped: blackhole route' },
  { name: 'packets-lost-mtu-exceeded',  property: 'packetsLostMtuExceeded',  version: 6,  kind: 'integer', about: 'packets dropped: larger than the MTU' },
  { name: 'packets-lost-ttl-expired',   property: 'packetsLostTtlExpired',   version: 6,  kind: 'integer', about: 'packets dropped: TTL expired' },
  { name: 'ecs-cluster-arn',            property: 'ecsClusterArn',           version: 7,  kind: 'text', about: 'ECS cluster of the task' },
  { name: 'ecs-cluster-name',           property: 'ecsClusterName',          version: 7,  kind: 'text', about: 'ECS cluster of the task' },
  { name: 'ecs-container-instance-arn', property: 'ecsContainerInstanceArn', version: 7,  kind: 'text', about: 'ECS container instance' },
  { name: 'ecs-container-instance-id',  property: 'ecsContainerInstanceId',  version: 7,  kind: 'text', about: 'ECS container instance' },
  { name: 'ecs-container-id',           property: 'ecsContainerId',          version: 7,  kind: 'text', about: 'runtime id of the first container' },
  { name: 'ecs-second-container-id',    property: 'ecsSecondContainerId',    version: 7,  kind: 'text', about: 'runtime id of the second container' },
  { name: 'ecs-service-name',           property: 'ecsServiceName',          version: 7,  kind: 'text', about: 'ECS service' },
  { name: 'ecs-task-definition-arn',    property: 'ecsTaskDefinitionArn',    version: 7,  kind: 'text', about: 'ECS task definition' },
  { name: 'ecs-task-arn',               property: 'ecsTaskArn',              version: 7,  kind: 'text', about: 'ECS task' },
  { name: 'ecs-task-id',                property: 'ecsTaskId',               version: 7,  kind: 'text', about: 'ECS task' },
  { name: 'reject-reason',              property: 'rejectReason',            version: 8,  kind: 'text', about: 'BPA (block public access), EC (encryption controls), or none' },
  { name: 'resource-id',                property: 'resourceId',              version: 9,  kind: 'text', about: 'the recorder when it is not an interface (regional NAT gateway)' },
  { name: 'encryption-status',          property: 'encryptionStatus',        version: 10, kind: 'integer', about: '0 clear, 1 by the network, 2 by the application, 3 both' },
  { name: 'instance-tag',               property: 'instanceTag',             version: 11, kind: 'text', about: 'value of a chosen instance tag, percent-encoded' },
  { name: 'instance-tag-2',             property: 'instanceTag2',            version: 11, kind: 'text', about: 'value of a second instance tag' },
  { name: 'interface-tag',              property: 'interfaceTag',            version: 11, kind: 'text', about: 'value of a chosen interface tag' },
  { name: 'interface-tag-2',            property: 'interfaceTag2',           version: 11, kind: 'text', about: 'value of a second interface tag' },
  { name: 'asg-tag',                    property: 'asgTag',                  version: 11, kind: 'text', about: 'value of a chosen Auto Scaling group tag' },
  { name: 'asg-tag-2',                  property: 'asgTag2',                 version: 11, kind: 'text', about: 'value of a second Auto Scaling group tag' },
  { name: 'interface-type',             property: 'interfaceType',           version: 11, kind: 'text', about: 'kind of the recording interface' },
  { name: 'next-hop-interface-id',      property: 'nextHopInterfaceId',      version: 11, kind: 'text', about: 'interface at the other end of the hop' },
  { name: 'next-hop-subnet-id',         property: 'nextHopSubnetId',         version: 11, kind: 'text', about: 'subnet at the other end of the hop' },
  { name: 'next-hop-az-id',             property: 'nextHopAzId',             version: 11, kind: 'text', about: 'availability zone id at the other end of the hop' },
  { name: 'next-hop-vpc-id',            property: 'nextHopVpcId',            version: 11, kind: 'text', about: 'VPC at the other end of the hop' },
  { name: 'next-hop-interface-type',    property: 'nextHopInterfaceType',    version: 11, kind: 'text', about: 'kind of interface at the other end of the hop' },
] as const satisfies readonly FieldRow[];

/** Fields of this version are those of transit gateways, and of nobody else. */
export const GATEWAY_VERSION = 6;

export type Field = (typeof FIELDS)[number];
/** AWS's spelling of a field that this version knows. */
export type FieldName = Field['name'];
/** Our spelling of a field. */
export type FieldProperty = Field['property'];

export type Action = 'ACCEPT' | 'REJECT';
export type LogStatus = 'OK' | 'NODATA' | 'SKIPDATA';
export type FlowDirection = 'ingress' | 'egress';

/** What a field of a kind holds in a {@link FlowRecord}. */
export interface ValueOfKind {
  readonly integer: number;
  readonly seconds: number;
  readonly address: string;
  readonly action: Action;
  readonly status: LogStatus;
  readonly direction: FlowDirection;
  readonly text: string;
}

const BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));

/** The field of that AWS name, or undefined for a name this version does not know. */
export const fieldNamed = (name: string): Field | undefined => BY_NAME.get(name);

/** A record format: AWS's names in the order of the columns, and the field behind each if it is known. */
export interface Columns {
  readonly names: readonly string[];
  readonly fields: readonly (Field | undefined)[];
}
