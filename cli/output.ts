import { terminalLines } from '../shared/foreign-text.ts'

/** All that the command line writes goes through here: what others have written must not steer the terminal. */
export function print(lines: string | number): void {
  process.stdout.write(`${terminalLines(String(lines))}\n`)
}

/** To stderr. */
export function complain(lines: string): void {
  process.stderr.write(`${terminalLines(lines)}\n`)
}
