import { describe, expect, it } from 'vitest';
import { decideSchema, FEEL_SCHEMA, SPEAK_SCHEMA } from './answer-schemas.ts';

describe('the schema of an answer', () => {
  it.each([SPEAK_SCHEMA, decideSchema(2), FEEL_SCHEMA])(
    '$name keeps to what strict mode takes, and needs one of its fields',
    ({ schema, form }) => {
      const { properties, required, additionalProperties } = schema as Record<string, object>;
      expect(required).toEqual(Object.keys(properties!));
      expect(additionalProperties).toBe(false);
      expect(form.fields).toEqual(required);
      expect(form.fields).toContain(form.needs);
    },
  );

  it('of a decision lets nothing be chosen but the actions, by their numbers', () => {
    const { properties } = decideSchema(3).schema as { properties: Record<string, object> };
    expect(properties['choice']).toEqual({ type: 'string', enum: ['1', '2', '3'] });
    expect(decideSchema(3)).toBe(decideSchema(3));
  });

  it('of a feeling lets no number be written but those that mean something', () => {
    const { properties } = FEEL_SCHEMA.schema as { properties: Record<string, { enum: string[] }> };
    const range = (name: string) => properties[name]?.enum.map(Number);
    expect(range('intensity')).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(range('valence')).toHaveLength(21);
    expect(Math.min(...range('valence')!)).toBe(-1);
    expect(Math.max(...range('valence')!)).toBe(1);
  });
});
