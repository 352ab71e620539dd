/** A body of a megabyte on a slow line; what trickles longer than this is cut with 408. */
const REQUEST_TIMEOUT_MS = 30_000;
/**
 * nginx keeps a resting connection to us for 60 s and HAProxy and others about as long: with Node's 5 s, a call goes out now
 * and then on a connection that is being closed, and is answered with 502.
 */
const RESTING_MS = 75_000;

/** How long an HTTP server that stands behind boxes waits for its callers. */
export const SERVER_TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: RESTING_MS,
} as const;
