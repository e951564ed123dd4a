/** The aedes broker as it comes. */
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const broker = await Aedes.createBroker()
const server = createServer({ noDelay: true }, broker.handle)
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ tcp: `127.0.0.1:${server.address().port}` })))
