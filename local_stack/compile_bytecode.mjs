// Compiles a folder of Python sources to bytecode with the Python of pyodide, in place.
// Bytecode depends on the Python version alone, so what WebAssembly compiled runs on any machine.
import { loadPyodide } from "pyodide";

const [folder, version] = process.argv.slice(2);
const python = await loadPyodide();
python.mountNodeFS("/asset", folder);
python.globals.set("wanted", version);
python.runPython(`
import compileall, py_compile, sys

if "%d.%d" % sys.version_info[:2] != wanted:
    raise SystemExit(f"pyodide is Python {sys.version}, not {wanted}")
# Not by time stamp: unpacking an asset does not keep file times to the second.
compileall.compile_dir(
    "/asset",
    quiet=2,
    stripdir="/asset",
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
`);
