"""Counters of one process, printed as Prometheus text (exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from threading import Lock

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
OPTIONS = "; version=0.0.4; charset=utf-8"  # after text/plain
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Metrics:
    """Requests by route and status, and how long they took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one finished request under its route's template, never its address."""
        method = method if method in METHODS else "OTHER"
        with self._lock:
            self._requests[route, method, status] += 1
            counts = self._buckets.setdefault(route, [0] * (len(BUCKETS) + 1))
            counts[next((i for i, top in enumerate(BUCKETS) if seconds <= top), -1)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]

    def render(self, info: dict[str, dict[str, str]], gauges: dict[str, float]) -> str:
        """Everything as text; `info` are constant labels by metric, `gauges` plain numbers."""
        lines: list[str] = []
        for name, labels in info.items():
            lines += [f"# TYPE {name} gauge", f"{name}{_labels(labels)} 1"]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
        with self._lock:
            lines += self._request_lines() + self._latency_lines()
        return "\n".join(lines) + "\n"

    def _request_lines(self) -> list[str]:
        name = "kg_http_requests_total"
        lines = [f"# HELP {name} Finished requests.", f"# TYPE {name} counter"]
        for (route, method, status), count in sorted(self._requests.items()):
            labels = {"route": route, "method": method, "status": str(status)}
            lines.append(f"{name}{_labels(labels)} {count}")
        return lines

    def _latency_lines(self) -> list[str]:
        name = "kg_http_request_duration_seconds"
        lines = [f"# HELP {name} Time to answer.", f"# TYPE {name} histogram"]
        for route, counts in sorted(self._buckets.items()):
            running = 0
            for top, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                running += count
                lines.append(f"{name}_bucket{_labels({'route': route, 'le': top})} {running}")
            lines.append(f"{name}_sum{_labels({'route': route})} {self._seconds[route]:.6f}")
            lines.append(f"{name}_count{_labels({'route': route})} {running}")
        return lines


def _labels(labels: dict[str, str]) -> str:
    def escape(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return "{" + ",".join(f'{k}="{escape(v)}"' for k, v in labels.items()) + "}"
