// What Express costs by itself: JSON in, JSON out.
import express from 'express'
import { listening } from './listening.ts'

const app = express()
app.use(express.json())
app.post('/echo', (req, res) => {
  res.json(req.body)
})
listening(app)
