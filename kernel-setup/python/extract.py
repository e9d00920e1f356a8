"""Unpacks the members of a wheel that match any of the given patterns, reporting bytes done and in total.

usage: extract.py WHEEL FOLDER PATTERN...
"""

import fnmatch
import os
import sys
import zipfile

CHUNK = 1 << 22


def extract(wheel: str, folder: str, patterns: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and any(fnmatch.fnmatch(member.filename, pattern) for pattern in patterns)
        ]
        if not members:
            sys.exit(f"{wheel} holds nothing that matches {' '.join(patterns)}")
        total = sum(member.file_size for member in members)
        done = 0
        for member in members:
            path = os.path.join(folder, member.filename)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # Reading to the end makes zipfile check the member's CRC.
            with archive.open(member) as source, open(path, "wb") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    done += len(chunk)
                    print(f"Progress {done} of {total}", flush=True)
            os.chmod(path, 0o755 if member.external_attr >> 16 & 0o111 else 0o644)


if __name__ == "__main__":
    extract(sys.argv[1], sys.argv[2], sys.argv[3:])
