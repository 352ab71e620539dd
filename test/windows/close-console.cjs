// Run on the Node of Windows: what its console does to a program whose window is closed. It has the program begin a thread
// at kernelbase's CtrlRoutine with CTRL_CLOSE_EVENT; Wine's own console ends it without one.
const koffi = require(process.env.AI_IPC_WINDOWS_KOFFI);

const CTRL_CLOSE_EVENT = 2;
const PROCESS_ALL_ACCESS = 0x1f_ff_ff;

const kernel = koffi.load('kernel32.dll');
const openProcess = kernel.func('void *OpenProcess(uint32_t access, int inherits, uint32_t pid)');
const getModule = kernel.func('void *GetModuleHandleA(const char *name)');
const getAddress = kernel.func('void *GetProcAddress(void *module, const char *name)');
const beginThread = kernel.func(
  'void *CreateRemoteThread(void *process, void *rights, size_t stack, void *start, size_t argument, uint32_t flags, void *id)',
);

const program = openProcess(PROCESS_ALL_ACCESS, 0, Number(process.argv[2]));
if (program === null) throw new Error(`there is no program ${process.argv[2]}`);
const start = getAddress(getModule('kernelbase.dll'), 'CtrlRoutine');
if (start === null) throw new Error('kernelbase.dll has no CtrlRoutine');
// When: what follows is measured from here.
process.stdout.write(String(Date.now()));
if (beginThread(program, null, 0, start, CTRL_CLOSE_EVENT, 0, null) === null)
  throw new Error('the thread could not be begun');
