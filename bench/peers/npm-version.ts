import { existsSync, readFileSync } from 'node:fs'

const FOLDERS = {
  /** Of package.json. */
  top: '../../node_modules/',
  /** Of bench/package.json, which `npm ci --prefix bench` installs. */
  bench: '../node_modules/',
} as const

/** The version of an npm package, if it is installed. */
export function npmVersion(folder: keyof typeof FOLDERS, name: string): string | undefined {
  const file = new URL(`${FOLDERS[folder]}${name}/package.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined
}
