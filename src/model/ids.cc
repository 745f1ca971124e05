#include "model/ids.h"

#include <fmt/format.h>

namespace batchmill {

std::string process_name(std::uint32_t process) { return fmt::format("process{:03}", process); }

}  // namespace batchmill
