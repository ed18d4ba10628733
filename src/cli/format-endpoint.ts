/** Endpoints as people write them: `10.0.0.62:5001`, `[2001:db8::1]:443`, a bare address without a port. */
import { escapeControls } from '../model/escape.ts';

/** An address and its port, safe to print. */
export const formatEndpoint = (address: string, port: number | null): string => {
  const visible = escapeControls(address);
  if (port === null) return visible;
  return visible.includes(':') ? `[${visible}]:${port}` : `${visible}:${port}`;
};
