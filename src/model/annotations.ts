/**
 * What AWS tells of a connection beside its packets, as far as its flow logs are asked for it: the ECS task behind an interface, the
 * AWS service that an address belongs to, and the way by which packets left an interface.
 */

/** The running task of ECS whose traffic an interface logged; null for what the records do not say. */
export interface EcsTask {
  readonly cluster: string | null;
  /** Null too for a task without a service. */
  readonly service: string | null;
  /** Its id. */
  readonly task: string | null;
  /** The runtime id of its first container. */
  readonly container: string | null;
}

/** By which way packets left an interface, by who sent them: a number of {@link TRAFFIC_PATHS}, or one that came later. */
export interface TrafficPaths {
  readonly initiator: number | null;
  readonly responder: number | null;
}

/** AWS's ways out of an interface ("Flow log records", traffic-path). */
export const TRAFFIC_PATHS: Readonly<Record<number, string>> = {
  1: 'to another resource in the same VPC',
  2: 'through an internet gateway or a gateway VPC endpoint',
  3: 'through a virtual private gateway',
  4: 'through a peering connection within the region',
  5: 'through a peering connection to another region',
  6: 'through a local gateway',
  7: 'through a gateway VPC endpoint',
  8: 'through an internet gateway',
};
