#pragma once

#include <string>
#include <utility>

#include "model/diagnostic.h"

namespace batchmill {

// Who decided a value (parallel-job.md 2.2): shown by `job show --settings` and in job_result.txt.
enum class SettingOrigin { kDefault, kComponent, kNode, kArgument };

const char* origin_name(SettingOrigin origin);  // "default", "component", "node", "argument"

// A value with its origin and, unless it is a default, its place.
template <typename T>
struct Setting {
  T value{};
  SettingOrigin origin = SettingOrigin::kDefault;
  SourcePlace place;
  bool is_explicit() const { return origin != SettingOrigin::kDefault; }
};

}  // namespace batchmill
