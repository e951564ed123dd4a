import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AnyPlan } from './main.ts'

const program = new URL('main.ts', import.meta.url).pathname
/** A young generation in which a burst of messages finds room: the load should cost little. */
const NODE_OPTIONS = ['--max-semi-space-size=32']

/** The load, from the side of who started it. */
export class LoadProcess<Phase extends object | string, Result> {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Gives the load to `work` when its clients are in, and ends it afterwards. */
  static async with<Phase extends object | string, Result, T>(
    plan: AnyPlan,
    work: (load: LoadProcess<Phase, Result>) => Promise<T>,
  ): Promise<T> {
    const load = new LoadProcess<Phase, Result>(fork(program, [JSON.stringify(plan)], { execArgv: NODE_OPTIONS }))
    try {
      await load.#message()
      return await work(load)
    } finally {
      await load.#stop()
    }
  }

  async run(phase: Phase): Promise<Result> {
    this.#child.send(phase)
    return (await this.#message()) as Result
  }

  async #stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  async #message(): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const ended = (): void => reject(new Error('the load ended'))
    this.#child.once('message', resolve).once('exit', ended)
    try {
      return await promise
    } finally {
      this.#child.off('exit', ended)
    }
  }
}
