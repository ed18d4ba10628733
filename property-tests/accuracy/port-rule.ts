/**
 * What most readers of flow logs do when nothing tells who opened: the end with the lower port is the server. Measured
 * beside the inference, never used.
 */

/** Which of two ends opened by this rule, or null when the ports are equal or there are none. */
export const openerByPort = <E extends { readonly port: number | null }>(one: E, other: E): E | null => {
  if (one.port === null || other.port === null || one.port === other.port) return null;
  return one.port > other.port ? one : other;
};
