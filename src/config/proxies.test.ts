import { expect, it } from 'vitest';
import { readProxies } from './proxies.ts';

function read(env: Record<string, string>, dotEnv: Record<string, string> = {}) {
  const problems: string[] = [];
  const effective: { key: string; value: string; unit: string; source: string }[] = [];
  const proxies = readProxies({ sources: { env, envFile: { variables: dotEnv } }, problems, effective });
  return { proxies, problems, effective };
}

it('none are known where no variable names one', () => {
  expect(read({ NO_PROXY: '*' })).toEqual({ proxies: undefined, problems: [], effective: [] });
});

it('the lower case wins over the upper one, and the environment over .env, also with an empty one', () => {
  const env = { http_proxy: 'http://a.example:1', HTTP_PROXY: 'http://b.example:1', https_proxy: '' };
  const dotEnv = { HTTP_PROXY: 'http://c.example:1', HTTPS_PROXY: 'http://d.example:1', no_proxy: '.lan' };
  expect(read(env, dotEnv).proxies).toEqual({ http: 'http://a.example:1/', https: null, except: '.lan' });
});

it('.env alone will do, and host:port is an http proxy', () => {
  expect(read({}, { HTTPS_PROXY: 'proxy.example:3128' }).proxies).toMatchObject({
    https: 'http://proxy.example:3128/',
  });
});

it('user and password are used, and shown nowhere', () => {
  const { proxies, effective } = read({ HTTPS_PROXY: 'http://ana:s%40cret@proxy.example:3128' });
  expect(proxies?.https).toContain('ana:s%40cret@');
  expect(effective).toEqual([
    { key: 'HTTPS_PROXY', value: 'http://***@proxy.example:3128', unit: '', source: 'environment' },
  ]);
});

it.each([
  ['socks5://proxy.example:1080', 'is a SOCKS proxy'],
  ['ftp://proxy.example', 'is neither http:// nor https://'],
  ['http://ana:p@ss/word@proxy.example:3128', 'is no address|has something behind'],
  ['http://ana:100%@proxy.example:3128', 'has a % that is not followed'],
  ['http://proxy.example:99999', 'is no address'],
  ['http://proxy.example:3128/path', 'has something behind its port'],
])('%s is refused, without a word of it', (value, reason) => {
  const { problems } = read({}, { HTTP_PROXY: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^HTTP_PROXY \\(\\.env\\) (${reason})`));
  expect(problems[0]).not.toMatch(/ana|ss\/word|proxy\.example/);
});
