#!/bin/sh
# Compares the compat profile with detect-secrets 1.5.0 on large packages, identities both ways, and times ours.
# Usage: benches/compat/run.sh FOLDER   (packages, unpacked trees and detect-secrets' answers are kept there)
set -eu
folder=$(mkdir -p "$1/wheels" "$1/trees" "$1/answers" && cd "$1" && pwd)
python=${PYTHON:-python3}
for package in django sqlalchemy sympy botocore ansible-core kubernetes celery sentry-sdk pip boto3; do
    [ -d "$folder/trees/$package" ] && continue
    "$python" -m pip download --quiet --no-deps --only-binary :all: --dest "$folder/wheels/$package" "$package"
    "$python" -m zipfile -e "$folder/wheels/$package"/*.whl "$folder/trees/$package.part"
    mv "$folder/trees/$package.part" "$folder/trees/$package"
done
cd "$(dirname "$0")/../.."
GATEWRIGHT_COMPAT_DIR="$folder/trees" GATEWRIGHT_COMPAT_ANSWERS="$folder/answers" \
    cargo test --release --test detect_secrets packages -- --nocapture
