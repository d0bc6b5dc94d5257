"""A bucket that speaks as S3 does, and takes only what is signed as botocore would sign it."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET, REGION = "AKIABUCKET", "bucket-secret-key", "eu-west-1"


class Bucket:
    """Listens while it is used as a context."""

    def __init__(self):
        self.objects = {}
        self.parts = {}
        self.refused = []
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if not bucket.is_signed(self):
                    return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
                url = urlsplit(self.path)
                query = parse_qs(url.query, keep_blank_values=True)
                if self.command == "POST" and "uploads" in query:
                    return self.answer(200, b"<R><UploadId>upload/1</UploadId></R>")
                if self.command == "PUT" and "partNumber" in query:
                    bucket.parts[int(query["partNumber"][0])] = body
                    return self.answer(200)
                if self.command == "POST":
                    numbers = re.findall(rb"<PartNumber>(\d+)</PartNumber><ETag>\"tag\"</ETag>", body)
                    body = b"".join(bucket.parts[int(number)] for number in numbers)
                bucket.objects[unquote(url.path)] = body
                return self.answer(200)

            do_POST = do_PUT

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("etag", '"tag"')
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def is_signed(self, handler):
        """Signs the request again and compares."""
        sent = {name.lower(): value for name, value in handler.headers.items()}
        signed = re.search(r"SignedHeaders=([^,]+), Signature=(\w+)", sent["authorization"])
        names, signature = signed[1].split(";"), signed[2]
        request = AWSRequest(method=handler.command, url=self.url + handler.path)
        for name in names:
            request.headers[name] = sent[name]
        request.context["timestamp"] = sent["x-amz-date"]
        auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)
        ours = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        if ours != signature:
            self.refused.append(handler.path)
        return ours == signature
