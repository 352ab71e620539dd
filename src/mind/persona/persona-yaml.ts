import { createRequire } from 'node:module';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { type Persona, type PersonaFile, toPersona } from './persona.ts';

/**
 * Reads the text of a persona file. The reader of YAML is loaded only where it is needed. Throws AiIpcError persona_invalid that names the file and each wrong key.
 */
export function parsePersona(text: string, file: PersonaFile): Persona {
  const { parseDocument } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) {
    throw new AiIpcError(
      'persona_invalid',
      `The persona file ${file.path} is not YAML: ${broken.message.trim()}`,
    );
  }
  return toPersona(toValue(document, file.path), file);
}

/** Aliases that multiply (a "billion laughs" file) are refused by the parser when it makes values of them. */
function toValue(document: ReturnType<typeof import('yaml').parseDocument>, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new AiIpcError('persona_invalid', `The persona file ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
