#!/usr/bin/env python3
"""Score an extraction against a hand-checked gold file.

usage: score.py GOLD.json EXTRACTED.json [TEXT]

EXTRACTED is what `kg extract FILE` prints; GOLD is shaped like 000.gold.json or dev/*.gold.json beside this file.
TEXT, where given, is what `kg text FILE` prints: every span is then checked against it.

Tasks are matched by their responsibility clause, in document order (white space and
bracket width aside). An edge is (task, department, role); departments are the same body
if equal after a leading 国家/国务院/中国/中华人民共和国 is dropped, or if listed together
under same_body in dev/departments.json. A role equal to the gold's alt_role counts.
Prints one JSON object; exit status 0 always (it measures, it does not judge).
"""
import difflib, json, os, pathlib, re, sys, unicodedata

HERE = pathlib.Path(__file__).resolve().parent


def squeeze(s):
    s = unicodedata.normalize("NFKC", s or "")
    return re.sub(r"\s+", "", s)


def same_body():
    p = pathlib.Path(os.environ.get("SAME_BODY", HERE / "dev" / "departments.json"))
    table = {}
    if p.exists():
        for name, others in json.loads(p.read_text(encoding="utf-8")).get("same_body", {}).items():
            for o in [name, *others]:
                table[bare(o)] = bare(name)
    return table


def bare(name):
    return re.sub(r"^(中华人民共和国|国家|国务院|中国)(?=..)", "", squeeze(name))


SAME = {}


def body(name):
    b = bare(name)
    return SAME.get(b, b)


def match(gold, mine):
    """pairs of indexes whose clauses agree, in order"""
    a = [squeeze(t["clause"]) for t in gold]
    b = [squeeze((t.get("clause") or {}).get("text")) for t in mine]
    pairs = []
    for block in difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        pairs += [(block.a + i, block.b + i) for i in range(block.size)]
    return pairs


def prf(hit, mine, gold):
    p = hit / mine if mine else float(gold == 0)
    r = hit / gold if gold else 1.0
    return {"precision": round(p, 4), "recall": round(r, 4),
            "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0, "hit": hit, "mine": mine, "gold": gold}


def main():
    global SAME
    SAME = same_body()
    gold = json.load(open(sys.argv[1], encoding="utf-8"))
    mine = json.load(open(sys.argv[2], encoding="utf-8"))
    text = open(sys.argv[3], encoding="utf-8", newline="").read() if len(sys.argv) > 3 else None
    gt, mt = gold["tasks"], mine["tasks"]
    pairs = match(gt, mt)
    edges = dep = order = scope = opened = number = deadline = 0
    wrong = []
    for i, j in pairs:
        g, m = gt[i], mt[j]
        want = {body(r["department"]): r for r in g["responsible"]}
        got = {body(r["department"]): r for r in m["responsibilities"]}
        for d, r in got.items():
            if d in want:
                dep += 1
                ok = r["role"] in {want[d]["role"], want[d].get("alt_role", want[d]["role"])}
                edges += ok
                if not ok:
                    wrong.append({"task": g["n"], "department": d, "role": r["role"], "gold": want[d]["role"]})
            else:
                wrong.append({"task": g["n"], "department": d, "extra": True})
        wrong += [{"task": g["n"], "department": d, "missing": True} for d in want if d not in got]
        order += list(got) == list(want)
        scope += squeeze(m.get("scope")) in {squeeze(g.get("scope")), squeeze(g.get("scope_effective"))}
        opened += bool(m.get("open")) == bool(g.get("open_list"))
        deadline += squeeze(m.get("deadline")) == squeeze(g.get("deadline"))
        digits = lambda s: re.sub(r"[^\d一二三四五六七八九十]", "", squeeze(s))
        number += digits(m.get("number")) == digits(g.get("printed_number"))
    mine_edges = sum(len({body(r["department"]) for r in t["responsibilities"]}) for t in mt)
    gold_edges = sum(len({body(r["department"]) for r in t["responsible"]}) for t in gt)
    out = {
        "tasks": prf(len(pairs), len(mt), len(gt)),
        "departments": prf(dep, mine_edges, gold_edges),
        "edges": prf(edges, mine_edges, gold_edges),
        "of_matched_tasks": {"same_order": order, "open_list": opened, "scope": scope,
                             "deadline": deadline, "number": number, "of": len(pairs)},
        "unmatched_gold": [gt[i]["n"] for i in range(len(gt)) if i not in {a for a, _ in pairs}],
        "unmatched_mine": [squeeze((mt[j].get("clause") or {}).get("text"))[:60]
                           for j in range(len(mt)) if j not in {b for _, b in pairs}][:20],
        "wrong_edges": wrong[:40],
    }
    if text is not None:
        bad = spans = 0
        for t in mt:
            for thing, quote in [(t.get("clause") or {}, (t.get("clause") or {}).get("text"))] + \
                                [(r, r.get("mention")) for r in t["responsibilities"]]:
                if "span" in thing and quote is not None:
                    spans += 1
                    a, b = thing["span"]
                    bad += text[a:b] != quote
                else:
                    spans += 1
                    bad += 1
        out["grounding"] = {"spans": spans, "not_in_text": bad}
    print(json.dumps(out, ensure_ascii=False, indent=1))


main()
