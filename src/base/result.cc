#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace batchmill {

namespace {

ErrorKind kind_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::kNotFound;
    case EEXIST:
      return ErrorKind::kExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::kPermission;
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::kDiskFull;
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kIo;
  }
}

}  // namespace

Error error_from_errno(int number, std::string what) {
  char text[128] = {};
  const char* reason = strerror_r(number, text, sizeof text);
  return Error{kind_of(number), std::move(what) + ": " + reason};
}

}  // namespace batchmill
