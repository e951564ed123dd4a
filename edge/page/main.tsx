import { render } from 'preact'
import { App } from './app.tsx'
import { followAttention } from './attention.ts'
import { followHash } from './route.ts'
import { resume } from './sign-in.ts'

const root = document.getElementById('app')
if (!root) throw new Error('The page has no element with the id "app".')

followHash()
followAttention()
resume()
render(<App />, root)
