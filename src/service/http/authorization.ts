import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +(?<key>\S.*)$/i;

/** Tells whether a request brings the service's key; an empty key asks nobody for one. */
export type IsAuthorized = (request: Request) => boolean;

/** `Authorization: Bearer KEY`, or `X-API-Key: KEY` for those who cannot write the other. */
export function createAuthorization(serviceKey: string): IsAuthorized {
  if (serviceKey === '') return () => true;
  const expected = digest(serviceKey);
  return ({ headers }) => {
    const bearer = BEARER.exec(headers.get('Authorization') ?? '')?.groups?.['key'];
    const given = bearer ?? headers.get('X-API-Key') ?? '';
    // Digests are of one length, so the comparison takes the same time for every key.
    return timingSafeEqual(digest(given.trim()), expected);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
