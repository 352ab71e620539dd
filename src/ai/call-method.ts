/** Request types that only look something up; every other type sends its data. */
const GET_TYPES: ReadonlySet<string> = new Set(['http_get', 'health_check']);

/** The HTTP method for a request type. */
export function methodOf(requestType: string): 'GET' | 'POST' {
  return GET_TYPES.has(requestType) ? 'GET' : 'POST';
}
