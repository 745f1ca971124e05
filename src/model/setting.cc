#include "model/setting.h"

namespace batchmill {

const char* origin_name(SettingOrigin origin) {
  switch (origin) {
    case SettingOrigin::kDefault:
      return "default";
    case SettingOrigin::kComponent:
      return "component";
    case SettingOrigin::kNode:
      return "node";
    case SettingOrigin::kArgument:
      return "argument";
  }
  return "default";
}

}  // namespace batchmill
