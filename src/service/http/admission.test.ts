import { expect, it } from 'vitest';
import { createAdmission } from './admission.ts';

it('lets in as many as may be inside, and the next when one has left', () => {
  const admission = createAdmission(2);
  const [first, second] = [admission.enter(), admission.enter()];
  expect(first).toBeDefined();
  expect(second).toBeDefined();
  expect(admission.enter()).toBeUndefined();
  first?.();
  expect(admission.enter()).toBeDefined();
  expect(admission.enter()).toBeUndefined();
});

it('counts one who leaves twice once', () => {
  const admission = createAdmission(1);
  const leave = admission.enter();
  leave?.();
  leave?.();
  expect(admission.enter()).toBeDefined();
  expect(admission.enter()).toBeUndefined();
});
