/** A value of a GGUF file's head; whole numbers are 32 bits without a sign, others 32-bit floats. */
export type GgufValue =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly int32s: readonly number[] };

/** A tensor of 32-bit floats; the first dimension is the one whose numbers stand next to each other. */
export interface GgufTensor {
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
}

const VERSION = 3;
const ALIGNMENT = 32;
const TYPES = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const;
const FLOAT32_TENSOR = 0;

/** A GGUF file of version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), which llama.cpp reads. */
export function writeGguf(
  head: Readonly<Record<string, GgufValue>>,
  tensors: Readonly<Record<string, GgufTensor>>,
): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), uint32(VERSION)];
  parts.push(uint64(Object.keys(tensors).length), uint64(Object.keys(head).length));
  for (const [key, value] of Object.entries(head)) parts.push(text(key), ...valueParts(value));
  let offset = 0;
  for (const [name, { dimensions, values }] of Object.entries(tensors)) {
    parts.push(text(name), uint32(dimensions.length), ...dimensions.map(uint64));
    parts.push(uint32(FLOAT32_TENSOR), uint64(offset));
    offset = aligned(offset + values.byteLength);
  }
  const beforeData = Buffer.concat(parts);
  const data = Object.values(tensors).flatMap(({ values }) => [
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    Buffer.alloc(aligned(values.byteLength) - values.byteLength),
  ]);
  return Buffer.concat([beforeData, Buffer.alloc(aligned(beforeData.length) - beforeData.length), ...data]);
}

function valueParts(value: GgufValue): Buffer[] {
  if ('uint32' in value) return [uint32(TYPES.uint32), uint32(value.uint32)];
  if ('float32' in value) return [uint32(TYPES.float32), float32(value.float32)];
  if ('text' in value) return [uint32(TYPES.string), text(value.text)];
  if ('texts' in value) return [...arrayHead(TYPES.string, value.texts.length), ...value.texts.map(text)];
  return [...arrayHead(TYPES.int32, value.int32s.length), ...value.int32s.map(uint32)];
}

function arrayHead(type: number, length: number): Buffer[] {
  return [uint32(TYPES.array), uint32(type), uint64(length)];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
