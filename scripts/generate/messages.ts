/**
 * Makes shared/gen/ from shared/proto/: for each message an interface, a writer and a
 * reader, with no run-time library. docs/DECISIONS.md says why it is a generator of our
 * own; protobufjs, which parses the .proto files here, is what the tests hold it against.
 */
import { writeFileSync } from 'node:fs'
import protobuf from 'protobufjs'

const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const SCALARS: Record<string, { type: string; zero: string; wire: number; write: string; read: string; absent: (v: string) => string }> = {
  string: { type: 'string', zero: "''", wire: 2, write: 'string', read: 'string', absent: (v) => `${v} !== ''` },
  bytes: { type: 'Uint8Array', zero: 'EMPTY', wire: 2, write: 'bytes', read: 'bytes', absent: (v) => `${v}.length > 0` },
  uint64: { type: 'number', zero: '0', wire: 0, write: 'varint', read: 'varint', absent: (v) => `${v} !== 0` },
  uint32: { type: 'number', zero: '0', wire: 0, write: 'uint32', read: 'uint32', absent: (v) => `${v} !== 0` },
  bool: { type: 'boolean', zero: 'false', wire: 0, write: 'bool', read: 'bool', absent: (v) => v },
}

function doc(comment: string | null, indent = ''): string {
  return comment ? `${indent}/** ${comment.replace(/\s*\n\s*/g, ' ')} */\n` : ''
}

/** How many elements a repeated field may have, as its comment says: "At most 500." Every one that a client sends says it. */
export function limitOf(field: protobuf.Field): number | undefined {
  const said = /\bAt most ([\d,]+)\b/.exec(field.comment ?? '')
  return said?.[1] ? Number(said[1].replaceAll(',', '')) : undefined
}

function enumSource(type: protobuf.Enum): string {
  const rows = Object.entries(type.values)
  return `${doc(type.comment)}export const ${type.name} = {
${rows.map(([name, value]) => `  ${name}: ${value},`).join('\n')}
} as const
export type ${type.name} = (typeof ${type.name})[keyof typeof ${type.name}]

/** A value this version does not know reads as ${rows[0]?.[0]}. */
function to${type.name}(value: number): ${type.name} {
  return value <= ${Math.max(...rows.map(([, value]) => value))} ? (value as ${type.name}) : ${type.name}.${rows[0]?.[0]}
}
`
}

function messageSource(type: protobuf.Type): string {
  const fields = type.fieldsArray.map((field) => {
    field.resolve()
    const name = camel(field.name)
    const target = field.resolvedType
    const scalar = SCALARS[field.type]
    if (!target && !scalar) throw new Error(`${type.name}.${field.name}: type ${field.type} is not supported`)
    const item = target ? target.name : (scalar?.type as string)
    const tag = (wire: number) => (field.id << 3) | wire
    // A tag of one byte is written as such; it is what the hot messages have.
    const putTag = (wire: number) => (tag(wire) < 128 ? `w.byte(${tag(wire)})` : `w.varint(${tag(wire)})`)
    const optional = field.options?.proto3_optional === true
    const packed = field.repeated && (scalar?.wire === 0 || target instanceof protobuf.Enum)
    const shape = field.repeated ? `${item}[]` : target instanceof protobuf.Type || optional ? `${item} | undefined` : item
    const zero = field.repeated
      ? '[]'
      : target instanceof protobuf.Type || optional
        ? 'undefined'
        : target instanceof protobuf.Enum
          ? '0'
          : (scalar?.zero as string)

    // Errors name the field.
    const label = `, '${field.name}'`
    const put = (value: string, indent: string): string => {
      if (target instanceof protobuf.Type)
        return `${indent}${putTag(2)}\n${indent}{\n${indent}  const at = w.open()\n${indent}  write${item}(w, ${value})\n${indent}  w.close(at)\n${indent}}\n`
      if (target instanceof protobuf.Enum) return `${indent}${putTag(0)}\n${indent}w.varint(${value})\n`
      if (field.type === 'bool') return `${indent}${putTag(0)}\n${indent}${optional ? `w.byte(${value} ? 1 : 0)` : 'w.byte(1)'}\n`
      return `${indent}${putTag(scalar?.wire as number)}\n${indent}w.${scalar?.write}(${value}${field.type === 'bytes' ? '' : label})\n`
    }
    let write: string
    if (packed)
      write = `  if (m.${name}.length > 0) {\n    ${putTag(2)}\n    const at = w.open()\n    for (const item of m.${name}) ${scalar ? `w.${scalar.write}(item${label})` : 'w.varint(item)'}\n    w.close(at)\n  }\n`
    else if (field.repeated) write = `  for (const item of m.${name}) {\n${put('item', '    ')}  }\n`
    else {
      const present =
        target instanceof protobuf.Type || optional ? `m.${name} !== undefined` : target ? `m.${name} !== 0` : scalar?.absent(`m.${name}`)
      write = `  if (${present}) {\n${put(`m.${name}`, '    ')}  }\n`
    }

    const one =
      target instanceof protobuf.Enum ? `to${item}(r.varint())` : `r.${scalar?.read}(${field.type === 'bool' ? '' : `'${field.name}'`})`
    const limit = limitOf(field)
    const room = (indent: string) => (limit === undefined ? '' : `${indent}r.room(m.${name}.length, ${limit}, '${field.name}')\n`)
    const keep = (value: string) => (field.repeated ? `m.${name}.push(${value})` : `m.${name} = ${value}`)
    let read: string
    if (target instanceof protobuf.Type)
      read = `      case ${tag(2)}: {\n${room('        ')}        const end = r.enter()\n        ${keep(`read${item}(r)`)}\n        r.leave(end)\n        break\n      }\n`
    else if (packed)
      read = `      case ${tag(2)}: {\n        const end = r.enter()\n        while (r.position < r.end) {\n${room('          ')}          ${keep(one)}\n        }\n        r.leave(end)\n        break\n      }\n      case ${tag(0)}:\n${room('        ')}        ${keep(one)}\n        break\n`
    else
      read = `      case ${tag(target ? 0 : (scalar?.wire as number))}:\n${field.repeated ? room('        ') : ''}        ${keep(one)}\n        break\n`
    // What may be absent need not be named by whoever writes it.
    const mark = shape.endsWith(' | undefined') ? '?' : ''
    return { name, shape, mark, zero, write, read, comment: field.comment }
  })

  return `${doc(type.comment)}export interface ${type.name} {
${fields.map((f) => `${doc(f.comment, '  ')}  ${f.name}${f.mark}: ${f.shape}`).join('\n')}
}

export function write${type.name}(w: ProtobufWriter, m: ${type.name}): void {
${fields.map((f) => f.write).join('')}}

export function read${type.name}(r: ProtobufReader): ${type.name} {
  const m: ${type.name} = { ${fields.map((f) => `${f.name}: ${f.zero}`).join(', ')} }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
${fields.map((f) => f.read).join('')}      default:
        r.skip(tag)
    }
  }
  return m
}
`
}

/**
 * What a oneof is in TypeScript: a union of its cases, and the function that finds the one of a
 * message. The message itself keeps a field for each case, as it is on the wire: a decoder takes
 * more than one, so that whoever asks can refuse it and name the field.
 */
function casesSource(type: protobuf.Type): string {
  const fields = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional).flatMap((oneof) => oneof.fieldsArray)
  if (fields.length === 0) return ''
  const cases = fields.map((field) => {
    if (!(field.resolvedType instanceof protobuf.Type))
      throw new Error(`${type.name}.${field.name}: only messages are supported in a oneof`)
    return { kind: camel(field.name), body: field.resolvedType.name }
  })
  return `
/** The one field that is given in ${/^[AEIOU]/.test(type.name) ? 'an' : 'a'} ${type.name}. */
export type ${type.name}Case =
${cases.map(({ kind, body }) => `  | { readonly kind: '${kind}'; readonly body: ${body} }`).join('\n')}

/** Undefined where no field is given, none that this version knows, or more than one. */
export function ${type.name[0]?.toLowerCase()}${type.name.slice(1)}Case(m: ${type.name}): ${type.name}Case | undefined {
  let found: ${type.name}Case | undefined
${cases
  .map(({ kind }, index) => {
    const keep = `found = { kind: '${kind}', body: m.${kind} }`
    if (index === 0) return `  if (m.${kind} !== undefined) ${keep}\n`
    return `  if (m.${kind} !== undefined) {\n    if (found) return undefined\n    ${keep}\n  }\n`
  })
  .join('')}  return found
}
`
}

/** The TypeScript for one .proto file. */
export function generate(protoFile: string): string {
  const root = new protobuf.Root()
  root.loadSync(protoFile, { keepCase: true, alternateCommentMode: true })
  const parts: string[] = []
  const walk = (space: protobuf.NamespaceBase) => {
    for (const entry of space.nestedArray) {
      if (entry instanceof protobuf.Enum) parts.push(enumSource(entry))
      else if (entry instanceof protobuf.Type) parts.push(messageSource(entry) + casesSource(entry))
      else if (entry instanceof protobuf.Namespace) walk(entry)
    }
  }
  walk(root)
  const body = parts.join('\n')
  return `// Made from shared/proto/${protoFile.split('/').at(-1)} by \`npm run generate\`. Do not edit.
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { ProtobufWriter } from '../protobuf-writer.ts'
${body.includes('EMPTY') ? '\nconst EMPTY = new Uint8Array(0)\n' : ''}
${body}`
}

if (import.meta.main) {
  const shared = new URL('../../shared/', import.meta.url)
  for (const name of ['hawser', 'uplink']) {
    writeFileSync(new URL(`gen/${name}.ts`, shared), generate(new URL(`proto/${name}.proto`, shared).pathname))
  }
}
