"""EC2 of two regions, and nothing else of EC2: which regions there are is not Security Hub's to say."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

REGIONS = ["us-east-1", "eu-west-1"]


def answer():
    items = "".join(
        f"<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
        "<optInStatus>opt-in-not-required</optInStatus></item>"
        for name in REGIONS
    )
    space = "http://ec2.amazonaws.com/doc/2016-11-15/"
    return f'<DescribeRegionsResponse xmlns="{space}"><regionInfo>{items}</regionInfo></DescribeRegionsResponse>'


class Regions(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if parse_qs(body).get("Action") != ["DescribeRegions"]:
            self.send_error(501)
            return
        content = answer().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Says nothing: what matters is in the assertions."""


@contextmanager
def regions_server():
    served = ThreadingHTTPServer(("127.0.0.1", 0), Regions)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
