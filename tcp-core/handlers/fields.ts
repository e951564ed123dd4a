import { RequestError } from '../../shared/errors.ts'

/** Checks a text field of a request; the error names the field. */
export function checkText(field: string, value: string, limits: { min: number; max: number }): void {
  // No text has more bytes than three for each of its units, so short ones need not be measured.
  const bytes = value.length * 3 <= limits.max ? value.length : Buffer.byteLength(value)
  if (bytes < limits.min) throw new RequestError('field_invalid', `"${field}" is empty.`, { field })
  if (bytes > limits.max) throw new RequestError('field_invalid', `"${field}" is longer than ${limits.max} bytes.`, { field })
}
