import { afterAll, beforeAll } from 'vitest';
import { type Operator, openOperator } from '../../src/operator/operator.ts';
import type { Backend } from './backends.ts';

/** An operator beside the store, over connections of its own. */
export function useOperator(backend: () => Backend): () => Operator {
  let operator: Operator | undefined;
  beforeAll(async () => {
    operator = await openOperator(backend().place);
  });
  afterAll(() => operator?.close());
  return () => operator!;
}
