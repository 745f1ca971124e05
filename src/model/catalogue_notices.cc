#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {1, Level::kNotice, "compute", "compute '{compute}' is not registered: {effect}",
     "--strict refuses",
     "A compute name that this workspace does not know stands for this machine, so that published "
     "files run unchanged. With --strict it is an error (BM804)."},
    {2, Level::kWarning, "environment",
     "environment of '{step}' ({environment}) is not used; Python is {python}< ({version})>",
     "map '{name}' in the workspace's config.yml",
     "Images and conda files are recorded with the job but not built; the step runs with an "
     "interpreter of this machine. A mapping in config.yml chooses which."},
    {3, Level::kNotice, "engine argument", "'{argument}' changes nothing here; the script gets it",
     "",
     "The argument asks the original's engine for what Batchmill always does: rows are appended "
     "safely, and columns of mixed types are read. It stays among the arguments of the script."},
    {4, Level::kWarning, "short argument", "'{written}' is taken as '{argument}'", "write it out",
     "An argument that is the beginning of exactly one engine argument, with at least 80 % of its "
     "letters, is honoured and also passed to the script."},
    {5, Level::kNotice, "script argument", "'{written}' goes to the script only",
     "engine: '{argument}'",
     "The argument resembles one of the engine's but is none, so only the script sees it."},
    {6, Level::kWarning, "no init", "{script} has no init(); workers start without it", "",
     "init() runs once per worker, before its first mini-batch; a script without it is accepted."},
    {7, Level::kNotice, "instances", "instance_count {count}: {effect}", "",
     "Without a cluster the nodes of a step are logical nodes of this machine and share its "
     "cores."},
    {8, Level::kNotice, "default size",
     "mini_batch_size is not given: {size} each<, {count} mini-batches>", "",
     "Without mini_batch_size a mini-batch is one file, or 1 MB of a table."},
    {9, Level::kNotice, "leader restarted", "the leader of {job} had ended; started again",
     "log: {log}",
     "Any command that finds an unfinished job without a leader starts its supervisor again; "
     "what was committed is kept."},
};

}  // namespace

std::span<const CatalogueEntry> notice_entries() { return kEntries; }

}  // namespace batchmill
