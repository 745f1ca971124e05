#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {701, Level::kError, "asset", "there is no {kind} '{n}'", "<{near}; >batchmill {kind} list",
     "No asset of this name is registered in the workspace."},
    {702, Level::kError, "version", "{kind} '{n}' has no version '{v}'", "versions: {versions}",
     "The asset exists in other versions."},
    {703, Level::kError, "bare name", "data '{n}' needs a version or label",
     "write 'azureml:{n}@latest'",
     "Data is referred to with a version or a label, so that a job says what it read.",
     "path: azureml:taxi", "path: azureml:taxi@latest"},
    {704, Level::kError, "component", "'{file}' is a {t1} component, not {t2}",
     "write 'type: {t1}'", "The type of the step and of its component file must agree."},
    {705, Level::kError, "exists", "{kind} '{n}' version {v} exists and differs", "raise 'version'",
     "A registered version never changes."},
    {706, Level::kError, "cron", "cron field {k}, '{v}', is outside {min}-{max}",
     "e.g. '0 6 * * 1-5'", "The fields are minute, hour, day of month, month, day of week.",
     "expression: \"0 25 * * *\"", "expression: \"0 6 * * 1-5\""},
    {801, Level::kError, "image", "{found} of image and build", "keep exactly one",
     "An environment with a container names an image or says how to build one."},
    {802, Level::kError, "pandas", "step '{s}' needs pandas; {python} lacks it", "{install}",
     "Tables are handed to run() as pandas DataFrames, so the interpreter of the step must have "
     "it."},
    {803, Level::kError, "--strict", "environment '{e}' is not mapped",
     "map it in the workspace's config.yml",
     "With --strict a step runs only in an environment that is mapped to an interpreter."},
    {804, Level::kError, "--strict", "compute '{c}' is not registered",
     "leave out --strict to run it on this machine",
     "With --strict a compute name must be registered in the workspace."},
    {805, Level::kError, "import", "{script}:{line} imports '{m}'; {python} lacks it", "{install}",
     "The interpreter of the step has no such package."},
};

}  // namespace

std::span<const CatalogueEntry> asset_entries() { return kEntries; }

}  // namespace batchmill
