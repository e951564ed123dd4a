import { afterAll, beforeAll } from 'vitest'
import { House } from '../support/house.ts'
import { Stage } from './stage.ts'
import { testOperations } from './suite.ts'
import { OPERATIONS } from './table.ts'

const SETTINGS = { HAWSER_MAX_GROUP_MEMBERS: '20' }

let house: House
let stages: readonly Stage[] = []
beforeAll(async () => {
  house = await House.start({ env: SETTINGS })
  stages = await Promise.all([Stage.set(house, 'tcp', 'edge'), Stage.set(house, 'edge', 'tcp')])
})
afterAll(async () => {
  for (const stage of stages) stage.end()
  await house.dispose()
})

testOperations(OPERATIONS, () => stages)
