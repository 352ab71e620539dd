import { AiIpcError } from '../base/errors.ts';

/** The AI service's origin, and what stands before each endpoint. Throws AiIpcError bad_settings. */
export function parseBaseUrl(baseUrl: string): { origin: string; prefix: string } {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // A URL that cannot be read may still hold a password.
  const shown = JSON.stringify(baseUrl.replace(/\/\/.*@/, '//…@'));
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badSettings(
      `ai_service_base_url ${shown} is not a URL of the form http://host:port or https://host/path.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw badSettings('ai_service_base_url holds a user or a password. Put them into ai_service_headers.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw badSettings('ai_service_base_url has a ? or a #. Give it without; an endpoint may have a query.');
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

function badSettings(message: string): AiIpcError {
  return new AiIpcError('bad_settings', message);
}
