"""Logs a file of 600 MB and a folder of small ones with the client as it comes, and reads them back."""
import hashlib
import os
import sys
import tempfile

import mlflow
from mlflow.artifacts import download_artifacts, list_artifacts

size = 600_000_000


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


with tempfile.TemporaryDirectory() as folder:
    large = os.path.join(folder, "large file.bin")
    block = os.urandom(1 << 20)
    with open(large, "wb") as file:
        for index in range(size // len(block) + 1):
            file.write(index.to_bytes(8, "big") + block[8:] if (index + 1) * len(block) <= size else block[: size - index * len(block)])
    small = os.path.join(folder, "small")
    os.makedirs(os.path.join(small, "inner"))
    for name, content in {"a.txt": b"a", "inner/b ü.txt": b"b" * 70_000, "empty": b""}.items():
        with open(os.path.join(small, name), "wb") as file:
            file.write(content)
    with mlflow.start_run() as run:
        mlflow.log_artifact(large, "weights")
        mlflow.log_artifacts(small, "small")
    run_id = run.info.run_id
    sizes = {info.path: info.file_size for info in list_artifacts(run_id=run_id, artifact_path="weights")}
    assert sizes == {"weights/large file.bin": size}, sizes
    target = os.path.join(folder, "back")
    back = download_artifacts(run_id=run_id, artifact_path="weights/large file.bin", dst_path=target)
    assert digest(back) == digest(large)
    tree = download_artifacts(run_id=run_id, artifact_path="small", dst_path=target)
    assert open(os.path.join(tree, "inner", "b ü.txt"), "rb").read() == b"b" * 70_000
    assert os.path.getsize(os.path.join(tree, "empty")) == 0
    print("run", run_id)
    print("sha256", digest(large))
sys.stdout.flush()
