// `npm run audit`: asks the registry which versions of package-lock.json have known vulnerabilities, and whether the
// packages in node_modules are those that it signed. Where the registry does not answer, it says `left out: ` and why, and
// that is no failure. The last line is `N passed, N failed`, as .ci/run adds them up. `npm run audit -- vulnerabilities` or
// `-- signatures` asks for one of them.

import { spawn } from 'node:child_process';

/** With these, npm's own tries end well before the limit; Sigstore's, for signatures, would take 71 s without a network. */
const PATIENCE = ['--fetch-retries=1', '--fetch-timeout=20000'];
const LIMIT_MS = 45_000;

/** What is asked, and what an answer of the registry means: a list of faults, each a line. */
const QUESTIONS = {
  vulnerabilities: { args: ['audit', '--json'], faultsIn: vulnerabilitiesIn },
  signatures: { args: ['audit', 'signatures', '--json'], faultsIn: unsignedIn },
};

const chosen = process.argv.slice(2);
const names = chosen.length === 0 ? Object.keys(QUESTIONS) : chosen;
const unknown = names.find((name) => !Object.hasOwn(QUESTIONS, name));
if (unknown !== undefined) {
  console.error(`Nothing can be asked about ${unknown}. Give ${Object.keys(QUESTIONS).join(' or ')}.`);
  process.exit(2);
}
const total = { passed: 0, failed: 0 };
for (const name of names) tell(name, await ask(QUESTIONS[name]));
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function ask({ args, faultsIn }) {
  const { stdout, stderr, isLate } = await npm(args);
  if (isLate) return { leftOut: `no answer within ${LIMIT_MS / 1000} s` };
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    // Not JSON: npm has told on stderr why there is no answer.
    return { leftOut: reasonIn(stderr) };
  }
  const faults = faultsIn(answer);
  return faults === undefined ? { leftOut: answer.message ?? reasonIn(stderr) } : { faults };
}

function tell(name, { leftOut, faults }) {
  if (leftOut !== undefined) return console.log(`left out: npm could not ask about ${name} (${leftOut})`);
  for (const fault of faults) console.log(`FAILED ${name}: ${fault}`);
  total[faults.length === 0 ? 'passed' : 'failed'] += 1;
  if (faults.length === 0) console.log(`${name}: none are bad`);
}

/** undefined where there is no answer. */
function vulnerabilitiesIn({ vulnerabilities }) {
  if (vulnerabilities === undefined) return undefined;
  return Object.values(vulnerabilities).map(({ name, severity, range, via }) => {
    const titles = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`));
    return `${[name, range].filter((word) => word !== '').join(' ')}, ${severity}: ${titles.join('; ')}`;
  });
}

function unsignedIn({ invalid, missing }) {
  if (!Array.isArray(invalid) || !Array.isArray(missing)) return undefined;
  const words = (kind) => (one) => `${one.name}@${one.version} has ${kind}`;
  return [
    ...invalid.map(words('a signature that is wrong')),
    ...missing.map(words('no signature, though the registry signs')),
  ];
}

function reasonIn(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.find((line) => /\b(E[A-Z]{4,}|\d{3} |failed|reason)/.test(line)) ??
    lines[0] ??
    'no words'
  ).slice(0, 200);
}

function npm(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', [...args, ...PATIENCE], { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        texts[name] += text;
      });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill();
    }, LIMIT_MS);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ ...texts, isLate });
    });
  });
}
