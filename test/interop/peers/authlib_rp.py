# Authlib (Flask client) as an OpenID Connect relying party. `/private` starts a sign-in, then answers with the claims it was given.
# Settings come as JSON in the first argument.
import json
import secrets
import sys

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session

settings = json.loads(sys.argv[1])
app = Flask(__name__)
app.config.update(SECRET_KEY=secrets.token_bytes(24), SESSION_COOKIE_NAME=settings["cookie"])
gateway = OAuth(app).register(
    "gateway",
    client_id=settings["clientId"],
    client_secret=settings["clientSecret"],
    server_metadata_url=settings["issuer"] + "/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email groups offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_post",
    },
)
signed_in = {}  # our session id -> what was said


@app.get("/ok.html")
def ok():
    return "ok"


@app.get("/private")
def private():
    known = signed_in.get(session.get("id"))
    return jsonify(known) if known else gateway.authorize_redirect(settings["redirectUri"], prompt="consent")


@app.get("/callback")
def callback():
    token = gateway.authorize_access_token()
    # The refresh token once, as a program would an hour later.
    renewed = gateway.fetch_access_token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    session["id"] = secrets.token_hex(16)
    signed_in[session["id"]] = {
        "idToken": token["userinfo"],
        "userinfo": gateway.userinfo(token=renewed),
        "rotated": renewed["refresh_token"] != token["refresh_token"],
    }
    return redirect("/private")


app.run("127.0.0.1", settings["port"], threaded=True)
