"""awsfindingsmanagerlib 1.x: registers rules and does what it is told."""

import json
import sys

from awsfindingsmanagerlib import FindingsManager, NoteTextConfig


def main(manager, rules, do, note_text=None, finding=None):
    text = {"note_text": NoteTextConfig(**note_text)} if note_text else {}
    manager = FindingsManager(**manager, **text)
    manager.register_rules(rules)
    outcome = getattr(manager, do)(*([finding] if finding else []))
    if isinstance(outcome, list):
        return [found.id for found in outcome]
    success, payloads = outcome
    return {"success": success, "sizes": [len(payload["FindingIdentifiers"]) for payload in payloads]}


print(json.dumps(main(**json.load(sys.stdin))))
