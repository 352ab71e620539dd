import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../cpu-of.ts';
import { familyCpuMs } from './family-cpu.ts';

/** Of CPU time, which a busy machine takes longer to give, and no less of. */
const BUSY = 'const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);';

describe('familyCpuMs', () => {
  it('counts what a child took while it runs, and after it ended', async () => {
    const script = `${BUSY} console.log('spent'); process.stdin.resume();`;
    const before = familyCpuMs(process.pid) - cpuMsOf(process.pid);
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(familyCpuMs(process.pid) - cpuMsOf(process.pid) - before).toBeGreaterThanOrEqual(200);
    child.stdin.end();
    await once(child, 'close');
    expect(familyCpuMs(process.pid) - cpuMsOf(process.pid) - before).toBeGreaterThanOrEqual(200);
  });
});
