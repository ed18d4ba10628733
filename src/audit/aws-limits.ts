/** What AWS's documentation says of quiet connections and of ports, each with its page. */

/** Who forgets a TCP connection that was quiet so long, and answers what comes later with a reset or not at all. */
export const IDLE_TIMEOUTS = [
  { who: 'a NAT gateway', seconds: 350, source: 'VPC User Guide, "Troubleshoot NAT gateways"' },
  {
    who: 'a Network Load Balancer',
    seconds: 350,
    source: 'Network Load Balancers guide, "Connection idle timeout" (its default)',
  },
  {
    who: 'a security group on a Nitro v6 instance',
    seconds: 350,
    source: 'EC2 User Guide, "Connection tracking"',
  },
  {
    who: 'a security group on other instances',
    seconds: 432_000,
    source: 'EC2 User Guide, "Connection tracking"',
  },
] as const;

/** Connections at once that a NAT gateway's address has ports for, to each address and port. */
export const PORT_LIMIT_SOURCE = 'VPC User Guide, "NAT gateway basics"';

/** AWS may stamp a packet this much later than it was on the wire ("Flow log records", start and end). */
export const SLACK_SECONDS = 60;

/** The two aggregation intervals there are; a record spans at most one, and the slack ("Flow log basics"). */
export const INTERVALS = { short: 60, long: 600 } as const;
