import { RequestError } from '../shared/errors.ts'

/** Checks a text field of a request; the error names the field. */
export function checkText(field: string, value: string, limits: { min: number; max: number }): void {
  // Nearly all are plain ASCII, and every SEND asks.
  if (value.length >= limits.min && value.length <= limits.max && /^[ -~]*$/.test(value)) return
  const bytes = Buffer.byteLength(value)
  if (bytes < limits.min) throw new RequestError('field_invalid', `"${field}" is empty.`, { field })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) throw new RequestError('field_invalid', `"${field}" has a control character.`, { field })
  if (bytes > limits.max) throw new RequestError('field_invalid', `"${field}" is longer than ${limits.max} bytes.`, { field })
}
