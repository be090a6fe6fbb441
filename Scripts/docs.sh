#!/bin/sh
# Builds the reference of every public module with the toolchain's DocC, a warning being an error.
#
# docs.sh OUTPUT    then: OUTPUT/index.html behind any web server, e.g. python3 -m http.server --directory OUTPUT
set -eu
output=$1
modules="FoveaCore FoveaGraph FoveaCompiler FoveaLayers FoveaZoo FoveaData FoveaFormats FoveaNetwork FoveaTraining
  FoveaExplain FoveaLessons Fovea"

toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
docc=$(command -v docc || echo "$toolchain/docc")
if [ ! -x "$docc" ]; then
  echo "docs: the Swift toolchain has no docc; install one from swift.org, which has" >&2
  exit 1
fi

# Modules of C have no graph, and where the package also has C++ that counts as a failure: what is needed is looked for
# below, module by module.
swift package -c release dump-symbol-graph --minimum-access-level public > .build/symbol-graph.log 2>&1 || true
graphs=$(sed -n 's/^Files written to //p' .build/symbol-graph.log | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archives=""
for module in $modules; do
  if [ -z "$graphs" ] || [ ! -e "$graphs/$module.symbols.json" ]; then
    cat .build/symbol-graph.log >&2
    echo "docs: there is no symbol graph of $module" >&2
    exit 1
  fi
  mkdir -p "$work/graphs/$module" "$work/$module.docc"
  # Extensions of other modules' types are written to files of their own, MODULE@OTHER.symbols.json.
  cp "$graphs/$module".symbols.json "$work/graphs/$module/"
  for file in "$graphs/$module"@*.symbols.json; do
    if [ -e "$file" ]; then cp "$file" "$work/graphs/$module/"; fi
  done
  if [ -d "Sources/$module/$module.docc" ]; then cp -r "Sources/$module/$module.docc" "$work/"; fi
  "$docc" convert "$work/$module.docc" --additional-symbol-graph-dir "$work/graphs/$module" \
    --fallback-display-name "$module" --fallback-bundle-identifier "fovea.$module" --warnings-as-errors \
    --output-path "$work/$module.doccarchive" > /dev/null
  archives="$archives $work/$module.doccarchive"
done
rm -rf "$output"
"$docc" merge $archives --output-path "$output" --synthesized-landing-page-name Fovea \
  --synthesized-landing-page-kind Package
echo "the reference is in $output"
