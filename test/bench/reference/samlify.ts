// An identity provider of samlify under bare Express that takes everybody for signed in: AuthnRequest in, signed assertion out as a form.
import express from 'express'
import { makePair } from '../../saml/make-response.ts'
import { samlifyParties } from '../samlify.ts'
import { listening } from './listening.ts'

const values = { username: 'person-0', email: 'person-0@bench.example', name: 'Person 0', groups: 'employees' }
const { idp, sp, respond } = samlifyParties(await makePair('reference'), Object.keys(values))

const app = express()
app.get('/sso', async (req, res) => {
  const { extract } = await idp.parseLoginRequest(sp, 'redirect', { query: req.query })
  const response = await respond(String(extract.request?.id), values)
  res.send(`<!doctype html><form method="post"><input type="hidden" name="SAMLResponse" value="${response}"></form>`)
})
listening(app)
