/** What the usual variables say of proxies; null where there is none. */
export interface ProxySettings {
  /** HTTP_PROXY: for http:// addresses, with user and password where it wants them. */
  readonly http: string | null;
  /** HTTPS_PROXY: for https:// addresses. */
  readonly https: string | null;
  /** NO_PROXY: hosts that are reached without; see noProxyMatches. */
  readonly except: string;
}

/** How an address outside is reached: nothing of it is the default of each. */
export interface NetworkSettings {
  readonly proxies?: ProxySettings | undefined;
  /** A PEM file of authorities, or `system` for those of the machine; null or left out for those that Node knows. */
  readonly caFile?: string | null | undefined;
}
