#include "model/table.h"

namespace batchmill {

const char* name_of(ColumnType type) {
  switch (type) {
    case ColumnType::kInt:
      return "int";
    case ColumnType::kFloat:
      return "float";
    case ColumnType::kBool:
      return "bool";
    case ColumnType::kDatetime:
      return "datetime";
    case ColumnType::kString:
      return "string";
  }
  return "string";
}

const char* name_of(HeaderRule rule) {
  switch (rule) {
    case HeaderRule::kNoHeader:
      return "no_header";
    case HeaderRule::kFromFirstFile:
      return "from_first_file";
    case HeaderRule::kAllFilesDifferentHeaders:
      return "all_files_different_headers";
    case HeaderRule::kAllFilesSameHeaders:
      return "all_files_same_headers";
  }
  return "all_files_same_headers";
}

}  // namespace batchmill
