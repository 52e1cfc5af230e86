# pysaml2 as a SAML service provider. `/private` starts a sign-in and then answers with what the assertion said; `/by-post`
# starts one over HTTP-POST; `/logout` starts Single Logout; `/slo` takes requests and answers. Settings come as JSON in the first argument.
import json
import secrets
import sys

from flask import Flask, Response, jsonify, redirect, request, session
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import Config
from saml2.saml import NAMEID_FORMAT_PERSISTENT

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

settings = json.loads(sys.argv[1])
base = settings["base"]
service = {
    "endpoints": {
        "assertion_consumer_service": [(base + "/acs", BINDING_HTTP_POST)],
        "single_logout_service": [(base + "/slo", BINDING_HTTP_REDIRECT)],
    },
    "allow_unsolicited": False,
    "authn_requests_signed": True,
    "logout_requests_signed": True,
    "want_assertions_signed": True,
    "want_response_signed": True,
    "name_id_format": [NAMEID_FORMAT_PERSISTENT],
}
client = Saml2Client(
    config=Config().load(
        {
            "entityid": settings["entityId"],
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "allow_unknown_attributes": True,
            "key_file": settings["key"],
            "cert_file": settings["certificate"],
            "encryption_keypairs": [{"key_file": settings["key"], "cert_file": settings["certificate"]}],
            "accepted_time_diff": 60,
            "metadata": {"local": [settings["idpMetadata"]]},
            "service": {"sp": service},
        }
    )
)
waiting = {}  # request id -> where to go on
signed_in = {}  # our session id -> what the assertion said, and its name

app = Flask(__name__)
app.config.update(SECRET_KEY=secrets.token_bytes(24), SESSION_COOKIE_NAME=settings["cookie"])


def sent(info):
    """What pysaml2 wants the browser to be given: a redirect, or a page that posts itself."""
    location = dict(info.get("headers", [])).get("Location")
    return redirect(location) if location else Response(info["data"], mimetype="text/html")


@app.get("/ok.html")
def ok():
    return "ok"


@app.get("/private")
def private():
    known = signed_in.get(session.get("id"))
    return jsonify(known["said"]) if known else sign_in(BINDING_HTTP_REDIRECT)


@app.get("/by-post")
def by_post():
    return sign_in(BINDING_HTTP_POST)


def sign_in(binding):
    # Without the algorithms, 7.0 signs what it posts with SHA-1, which is refused.
    request_id, info = client.prepare_for_authenticate(
        relay_state="/private",
        binding=binding,
        sign=True,
        sigalg=RSA_SHA256,
        digest_alg=SHA256,
        nameid_format=NAMEID_FORMAT_PERSISTENT,
    )
    waiting[request_id] = "/private"
    return sent(info)


@app.post("/acs")
def acs():
    answer = client.parse_authn_request_response(request.form["SAMLResponse"], BINDING_HTTP_POST, waiting)
    said = {
        "attributes": answer.ava,
        "nameId": {"format": answer.name_id.format, "value": answer.name_id.text},
        "issuer": answer.issuer(),
        "authnContext": [each[0] for each in answer.authn_info()],
    }
    session["id"] = secrets.token_hex(16)
    signed_in[session["id"]] = {"said": said, "name_id": answer.name_id}
    return redirect(request.form["RelayState"])


@app.get("/logout")
def logout():
    known = signed_in.pop(session.pop("id", None), None)
    if not known:
        return redirect("/ok.html")
    requests = client.global_logout(known["name_id"], sign=True, sign_alg=RSA_SHA256)
    return sent(next(iter(requests.values()))[1])


@app.get("/slo")
def slo():
    if "SAMLResponse" in request.args:
        answer = client.parse_logout_request_response(request.args["SAMLResponse"], BINDING_HTTP_REDIRECT)
        client.handle_logout_response(answer)
        return redirect("/ok.html")
    known = signed_in.get(session.get("id"))
    info = client.handle_logout_request(
        request.args["SAMLRequest"],
        known["name_id"] if known else None,
        BINDING_HTTP_REDIRECT,
        sign=True,
        sign_alg=RSA_SHA256,
        relay_state=request.args.get("RelayState", ""),
    )
    signed_in.pop(session.pop("id", None), None)
    return sent(info)


app.run("127.0.0.1", settings["port"], threaded=True)
